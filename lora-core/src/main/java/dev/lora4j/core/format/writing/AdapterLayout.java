package dev.lora4j.core.format.writing;

import java.util.List;

/**
 * An adapter as a layout has it.
 *
 * @param files one for a layout of one file
 * @param changes what is not as it was in the adapter, as sentences for the user
 */
public record AdapterLayout(List<LayoutFile> files, List<String> changes) {
  /** Copies its lists. */
  public AdapterLayout {
    files = List.copyOf(files);
    changes = List.copyOf(changes);
  }
}
