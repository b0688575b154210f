package dev.lora4j.bench.methods;

/**
 * A score of an adapter.
 *
 * @param name column of the table
 * @param greater whether more is better
 * @param share whether it is a share of one, which the table shows in percent
 */
record Measure(String name, boolean greater, boolean share) {}
