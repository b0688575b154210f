package dev.lora4j.cli.text;

import dev.lora4j.core.train.adapter.TargetLayers;
import java.util.List;

/**
 * The option {@code --targets} of a kind of model: which of its layers get factors. It is a mixin,
 * whose help says which names there are.
 */
public interface TargetOption {
  /** Name for no layers: those that are trained whole are all. */
  String NONE = "none";

  /** Names that are said; none for the layers of {@link #unsaid}. */
  List<String> names();

  /** The layers that get factors where nothing is said. */
  TargetLayers unsaid();

  /** The layers of a name. */
  TargetLayers named(String name);

  /** True if no layers get factors. */
  default boolean none() {
    return names().equals(List.of(NONE));
  }

  /** The layers of all names. */
  default TargetLayers layers() {
    return none()
        ? TargetLayers.matching()
        : names().stream().map(this::named).reduce(TargetLayers::and).orElseGet(this::unsaid);
  }
}
