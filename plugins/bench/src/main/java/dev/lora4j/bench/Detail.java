package dev.lora4j.bench;

/**
 * A detail beside a ratio.
 *
 * @param key its name in JSON, for example {@code flop_share}
 * @param value in the unit of {@code text}
 * @param text for people, with the value
 */
public record Detail(String key, double value, String text) {}
