package dev.lora4j.core.train.adapter;

import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Tensor;
import java.util.Optional;

/** The parameters of a base that factors may begin with. */
public interface FrozenParameters {
  /**
   * The model's weight at a layer, in the shape of the site; some methods begin with it.
   *
   * @param scope owner of it if it has to be made, as that of a quantised base
   */
  Tensor weight(Scope scope, Site site);

  /**
   * The weight of a layer before it was rounded to few bits, F32 in the shape of the site; empty if
   * the base was not rounded when it was loaded.
   *
   * @param scope owner of the result
   */
  default Optional<Tensor> unrounded(Scope scope, Site site) {
    return Optional.empty();
  }

  /**
   * The model's bias at a layer that has one; layers that are trained whole begin with it.
   *
   * @throws IllegalArgumentException if nobody can say, so that no layers can be trained whole
   */
  default Tensor bias(Site site) {
    throw new IllegalArgumentException(
        site.name() + " cannot be trained whole here, as its bias is not known; leave it out.");
  }
}
