package dev.lora4j.text.gemma;

import dev.lora4j.text.network.Rope;
import dev.lora4j.text.network.SlidingWindow;

/**
 * Attention of a layer.
 *
 * @param window sliding window
 * @param rope rotary embedding of positions
 */
record GemmaLayer(SlidingWindow window, Rope rope) {}
