package dev.treadle.example;

import dev.treadle.example.fragment.Plug;

import java.util.ArrayList;

/** Found by the initializer of the fragment, by its supertype. */
public final class RedPlug extends ArrayList<String> implements Plug {
    private static final long serialVersionUID = 1L;
}
