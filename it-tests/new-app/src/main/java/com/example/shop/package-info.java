/** An application that somebody has begun today. */
package com.example.shop;
