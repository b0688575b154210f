package dev.lora4j.core.tensor;

/**
 * A device of this machine.
 *
 * @param device which one
 * @param name its model
 * @param bytes memory of its own; 0 for the CPU
 */
public record DeviceInfo(Device device, String name, long bytes) {}
