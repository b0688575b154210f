package dev.lora4j.core.train.adapter;

import dev.lora4j.core.nn.Site;
import java.util.Collection;
import java.util.List;

/**
 * Layers of a model that are often trained together, by the name of a {@link TargetPreset}. An
 * extension point; implementations have no state and are used by several threads.
 *
 * <p>Only linear layers and convolutions are among them. Layers of text encoders are chosen by
 * selectors that are for these alone.
 */
public interface LayerSelector {
  /**
   * The chosen layers, in the order of the model.
   *
   * @param sites all layers of a model, of any structure
   * @return none if the model has no such layers
   */
  List<Site> among(Collection<Site> sites);
}
