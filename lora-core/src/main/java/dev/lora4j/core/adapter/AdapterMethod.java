package dev.lora4j.core.adapter;

import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.spi.ExtensionName;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Method of changing a layer, for example LoRA: its tensors, their validity, and its mathematics.
 * An extension point; implementations have no state and are used by several threads.
 *
 * <p>A method implements one of the contracts: {@link AdditiveMethod}, {@link TransformMethod} or
 * {@link RoutedMethod}.
 */
public interface AdapterMethod {
  /** The setting and role of the number that most methods are scaled by. */
  String ALPHA = "alpha";

  /** Its stable name; part of the identity of adapters. */
  default String name() {
    return ExtensionName.of(this);
  }

  /** The kinds of layers it can change. */
  Set<Site.Kind> kinds();

  /**
   * Roles that tensors of this method can have in files, including {@link #ALPHA} if it has one.
   */
  Set<String> roles();

  /** Roles whose tensors hold integers; all other roles hold floating-point numbers. */
  default Set<String> integers() {
    return Set.of();
  }

  /** Returns true if the tensors of a site are, or contain, factors of this method. */
  boolean recognises(SiteTensors tensors);

  /**
   * Reads its factors from the tensors of one site, in canonical shapes.
   *
   * @throws AdapterException if a tensor is missing or does not fit the others or the site; the
   *     message names the tensor, what was expected and what was found
   */
  Factors read(SiteTensors tensors);

  /**
   * The tensors that a file has for these factors, by role: the opposite of {@link #read}. What
   * tensors cannot say is in {@link Factors#settings}.
   */
  default SortedMap<String, HostTensor> write(Factors factors) {
    SortedMap<String, HostTensor> tensors = new TreeMap<>(factors.tensors());
    String alpha = factors.settings().get(ALPHA);
    if (alpha != null) {
      tensors.put(ALPHA, HostTensor.of(Shape.of(), (float) Double.parseDouble(alpha)));
    }
    return tensors;
  }

  /** {@link #write(Factors)} in the shapes that files have for a layer such as {@code site}. */
  default SortedMap<String, HostTensor> write(Site site, Factors factors) {
    return write(factors);
  }

  /**
   * Rank chosen for the training of these factors; empty if the method has none.
   *
   * @param factors the structure with all its sizes
   */
  default OptionalLong chosenRank(FactorStructure factors) {
    return OptionalLong.empty();
  }

  /**
   * Factors for one of several layers that a file stores as one layer. The result may be of another
   * method.
   *
   * @param whole the layer that the factors are for
   * @param share which of its rows the layer has
   * @throws AdapterException if they have no exact form there
   */
  default Factors rows(Site whole, Factors factors, RowSlice share) {
    throw new AdapterException(
        "Factors of the method "
            + name()
            + " for "
            + whole.name()
            + " "
            + whole.weight()
            + ", which is several layers in the base, cannot be divided among them.");
  }

  /**
   * Structure that programs for these factors depend on: every size that only a run has to know,
   * such as the rank, is {@link Shape#UNKNOWN}, and settings that affect numbers alone are absent.
   * Factors of equal form are served by one program.
   */
  default FactorStructure form(FactorStructure factors) {
    return factors;
  }

  /**
   * Numbers that its mathematics needs in addition to the tensors, by name; programs read them with
   * {@link StagedFactors#number}.
   *
   * @param factors the structure with all its sizes
   */
  default SortedMap<String, Double> numbers(FactorStructure factors) {
    return new TreeMap<>();
  }
}
