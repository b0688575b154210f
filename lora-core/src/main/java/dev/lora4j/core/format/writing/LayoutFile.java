package dev.lora4j.core.format.writing;

import dev.lora4j.core.format.metadata.Metadata;
import dev.lora4j.core.tensor.host.HostTensor;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One file of tensors, and the texts next to it.
 *
 * @param path relative to the folder that is written; empty for a layout of one file
 * @param tensors by key
 * @param metadata entries that the layout adds to the metadata
 * @param beside texts by path relative to the folder
 */
public record LayoutFile(
    String path,
    SortedMap<String, HostTensor> tensors,
    Metadata metadata,
    Map<String, String> beside) {
  /** Copies its maps. */
  public LayoutFile {
    tensors = Collections.unmodifiableSortedMap(new TreeMap<>(tensors));
    beside = Map.copyOf(beside);
  }

  /** The file of a layout of one file. */
  public static LayoutFile alone(SortedMap<String, HostTensor> tensors, Metadata metadata) {
    return new LayoutFile("", tensors, metadata, Map.of());
  }
}
