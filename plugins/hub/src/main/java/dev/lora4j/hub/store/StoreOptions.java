package dev.lora4j.hub.store;

import java.nio.file.Path;

/**
 * Where adapters are stored, and how.
 *
 * @param library folder of adapters
 * @param overwrite whether an adapter that is there is replaced
 * @param previews whether pictures are fetched too
 * @param mostBytes that a file may have
 */
public record StoreOptions(Path library, boolean overwrite, boolean previews, long mostBytes) {}
