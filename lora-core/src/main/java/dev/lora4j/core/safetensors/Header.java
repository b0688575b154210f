package dev.lora4j.core.safetensors;

import java.util.Map;

/**
 * A header that was checked.
 *
 * @param tensors in the order of their bytes, unmodifiable
 * @param metadata in the order of the file, unmodifiable
 * @param dataStart position in the file at which the byte buffer begins
 */
record Header(Map<String, TensorInfo> tensors, Map<String, String> metadata, long dataStart) {}
