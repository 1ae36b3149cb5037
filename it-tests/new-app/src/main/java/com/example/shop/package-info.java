/** A new application, as on its first day. */
package com.example.shop;
