package dev.lora4j.text.pipeline;

/**
 * A word and its class.
 *
 * @param tag name of the class
 * @param probability of that class; 0 for a word that was cut off, whose class is empty
 */
public record TaggedWord(String word, String tag, double probability) {}
