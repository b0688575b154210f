package dev.lora4j.diffusion.style;

import dev.lora4j.core.nn.LayerAdapters;
import dev.lora4j.core.nn.SiteLayer;
import dev.lora4j.core.tensor.Expr;
import java.util.Optional;

/**
 * Adapters at weight -1: a layer's output is as far from its own on the other side. This is what a
 * mix makes of that weight for methods whose effect is a multiple of the weight.
 */
final class OppositeAdapters implements LayerAdapters {
  private final LayerAdapters adapters;

  /** The opposite of these. */
  OppositeAdapters(LayerAdapters adapters) {
    this.adapters = adapters;
  }

  @Override
  public Expr around(SiteLayer layer, Expr x) {
    SiteLayer once =
        new SiteLayer(layer.site(), layer.weight(), layer.bias(), new Once(layer, x), layer.use());
    Expr adapted = adapters.around(once, x);
    Expr own = once.output(x);
    return adapted == own ? own : own.add(own.sub(adapted));
  }

  /** A formula that stages the output of a layer alone for its input once, whoever asks for it. */
  private static final class Once implements SiteLayer.Formula {
    private final SiteLayer layer;
    private final Expr x;
    private Optional<Expr> output = Optional.empty();

    Once(SiteLayer layer, Expr x) {
      this.layer = layer;
      this.x = x;
    }

    @Override
    @SuppressWarnings("ReferenceEquality") // The same expression, not an equal one.
    public Expr apply(Expr input, Expr weight, Optional<Expr> bias) {
      if (input != x || weight != layer.weight() || !bias.equals(layer.bias())) {
        return layer.formula().apply(input, weight, bias);
      }
      if (output.isEmpty()) {
        output = Optional.of(layer.output(x));
      }
      return output.get();
    }

    @Override
    public SiteLayer.Formula linear() {
      return layer.formula().linear();
    }
  }
}
