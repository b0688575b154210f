package dev.lora4j.core.format;

import java.util.Map;
import java.util.Set;

/**
 * Context of a key for a dialect.
 *
 * @param names the layers of the base under all their names
 * @param keys all keys of the file
 * @param metadata the strings in the file's header
 */
public record KeyContext(LayerNames names, Set<String> keys, Map<String, String> metadata) {}
