package dev.lora4j.core.format;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.tensor.host.HostTensor;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Adapter read from a file, with the other content of the file.
 *
 * @param account what became of each key
 * @param family the kind of base it is for, given or found
 * @param dialects names of the dialects that its used keys are spelled in
 * @param warnings sentences for the user
 * @param embeddings vectors for words of the prompt that lie in the file, by key
 * @param replacements new values of layers that the base has not got, by key
 */
public record LoadedAdapter(
    Adapter adapter,
    KeyAccount account,
    Family family,
    SortedSet<String> dialects,
    List<String> warnings,
    Map<String, HostTensor> embeddings,
    Map<String, HostTensor> replacements) {
  /** Copies its collections. */
  public LoadedAdapter {
    dialects = Collections.unmodifiableSortedSet(new TreeSet<>(dialects));
    warnings = List.copyOf(warnings);
    embeddings = Collections.unmodifiableMap(new TreeMap<>(embeddings));
    replacements = Collections.unmodifiableMap(new TreeMap<>(replacements));
  }
}
