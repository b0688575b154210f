package dev.lora4j.bench.methods;

import java.util.Map;

/**
 * What came of a training.
 *
 * @param commands the command lines that made it
 * @param trained numbers that were trained
 * @param bytes of the adapter's file
 * @param secondsPerStep the median over its later steps
 * @param peakMemory bytes that the training's process had at most; 0 where the system does not tell
 * @param scores by name
 */
record TrialResult(
    String commands,
    long trained,
    long bytes,
    double secondsPerStep,
    long peakMemory,
    Map<String, Double> scores) {}
