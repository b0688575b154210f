package dev.lora4j.text.pipeline;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.full.ModulesToSaveMethod;
import dev.lora4j.core.format.Family;
import dev.lora4j.core.format.reading.AdapterFiles;
import dev.lora4j.core.format.reading.ReadOptions;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.text.model.TextModel;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * An adapter of a classifier with the classes that its head tells apart, on a base whose head has
 * room for as many or more.
 *
 * @param labels names of its classes
 * @param mix the adapter at full weight; rows of its head that it has no class for are 0
 */
record AdapterHead(List<String> labels, MixPlan mix) {
  AdapterHead {
    labels = List.copyOf(labels);
  }

  /**
   * Names of the classes of a file, before a base is loaded.
   *
   * @throws IllegalArgumentException if it has no head, or one for words or for a number
   */
  static List<String> requireLabels(String name, Path file) {
    List<String> labels = AdapterClasses.of(file);
    if (labels.size() < 2 || AdapterClasses.ofWords(file)) {
      throw new IllegalArgumentException(
          "The adapter '%s' (%s) has no head that tells classes of texts apart%s. Train one by text train with lines of {\"text\", \"label\"}."
              .formatted(
                  name,
                  file,
                  labels.isEmpty()
                      ? ""
                      : labels.size() == 1
                          ? ", but one that gives a number"
                          : ", but one for classes of words"));
    }
    return labels;
  }

  /**
   * Reads an adapter for a base whose head tells as many classes apart or more.
   *
   * @param labels of the adapter's head
   * @param own layers of the base with a head for as many classes
   * @throws AdapterException with the account of its keys, if it cannot be used whole
   */
  static AdapterHead read(String name, Path file, List<String> labels, Family own, TextModel base) {
    Adapter adapter = AdapterFiles.read(file, own, ReadOptions.STRICT).adapter();
    Map<String, List<Factors>> sites = new HashMap<>();
    adapter
        .sites()
        .forEach(
            (site, factors) -> {
              Site narrow = own.sites().find(site).orElseThrow();
              Site wide =
                  base.sites()
                      .find(site)
                      .orElseThrow(
                          () ->
                              new AdapterException(
                                  "The base has no layer "
                                      + site
                                      + ", which the adapter '"
                                      + name
                                      + "' would change."));
              sites.put(site, narrow.out() == wide.out() ? factors : padded(name, wide, factors));
            });
    return new AdapterHead(labels, MixPlan.of(new Adapter(name, sites, adapter.metadata()), 1));
  }

  private static List<Factors> padded(String name, Site wide, List<Factors> narrow) {
    List<Factors> all = new ArrayList<>();
    for (Factors factors : narrow) {
      if (!factors.method().equals(ModulesToSaveMethod.NAME)) {
        throw new AdapterException(
            "The adapter '%s' has a head in the form '%s'; beside others a head has to be whole (modules_to_save)."
                .formatted(name, factors.method()));
      }
      SortedMap<String, HostTensor> tensors = new TreeMap<>(factors.tensors());
      tensors.replaceAll((role, tensor) -> padded(tensor, wide.out()));
      all.add(new Factors(factors.method(), tensors, factors.settings()));
    }
    return all;
  }

  /** A tensor [n, ...] with rows of 0 up to {@code rows}. */
  private static HostTensor padded(HostTensor tensor, long rows) {
    long[] sizes = tensor.shape().sizes();
    ByteBuffer from = tensor.bytes();
    byte[] bytes = new byte[Math.toIntExact(from.remaining() / sizes[0] * rows)];
    from.get(bytes, 0, from.remaining());
    sizes[0] = rows;
    return HostTensor.owning(tensor.dtype(), Shape.of(sizes), bytes);
  }

  /** Probabilities by the logits of the base's head, of which the first are of these classes. */
  ClassProbabilities probabilities(float[] logits) {
    return ClassProbabilities.of(labels, Arrays.copyOf(logits, labels.size()));
  }
}
