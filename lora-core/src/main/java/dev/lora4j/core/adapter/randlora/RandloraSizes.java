package dev.lora4j.core.adapter.randlora;

import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.Shape;
import java.util.List;

/**
 * The sizes that PEFT gives the matrices which layers share: those of one layer with the most
 * inputs and the most outputs, whether there is such a layer or not.
 *
 * @param a of the smaller side
 * @param b of the larger side
 */
public record RandloraSizes(Shape a, Shape b) {
  /** Sizes for all layers of a model. */
  public static RandloraSizes of(List<Site> layers, long rank) {
    long in = layers.stream().mapToLong(Site::rest).max().orElseThrow();
    long out = layers.stream().mapToLong(Site::out).max().orElseThrow();
    long smaller = Math.min(in, out);
    long bases = RandloraMethod.bases(smaller, rank);
    return new RandloraSizes(Shape.of(rank, 1, smaller), Shape.of(Math.max(in, out), bases, rank));
  }
}
