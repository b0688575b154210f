package dev.lora4j.core.nn;

import dev.lora4j.core.nn.Parameter.Init;
import dev.lora4j.core.tensor.Convolution;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.RowProducts;
import dev.lora4j.core.tensor.Shape;
import java.util.Optional;

/**
 * A model's weights as seen from one of its layers: requested by name relative to the layer and by
 * the shape the layer expects.
 *
 * <p>Linear layers, convolutions, embeddings and norms are the sites where adapters take part.
 */
public final class Weights {
  private final Graph graph;
  private final String model;
  private final String prefix;
  private final WeightSource source;
  private final LayerAdapters adapters;
  private final int use;
  private final String missing;

  private Weights(
      Graph graph,
      String model,
      String prefix,
      WeightSource source,
      LayerAdapters adapters,
      int use,
      String missing) {
    this.graph = graph;
    this.model = model;
    this.prefix = prefix;
    this.source = source;
    this.adapters = adapters;
    this.use = use;
    this.missing = missing;
  }

  /**
   * The weights of a whole model.
   *
   * @param model what the names of its sites begin with, for example {@code unet}
   */
  public static Weights of(Graph graph, String model, WeightSource source, LayerAdapters adapters) {
    return new Weights(graph, model, "", source, adapters, 0, "");
  }

  /** The weights of a part, for example {@code down_blocks.0}. */
  public Weights at(String name) {
    return new Weights(graph, model, inside(name), source, adapters, use, missing);
  }

  /** The weights of a numbered part, for example {@code resnets.1}. */
  public Weights at(String name, int index) {
    return at(name + "." + index);
  }

  /**
   * The weights of a part that a network uses several times. Each of its layers is one site with
   * one set of adapters, which act at each use.
   *
   * @param number of the use, from 0
   */
  public Weights use(int number) {
    return new Weights(graph, model, prefix, source, adapters, number, missing);
  }

  /**
   * These weights where the outermost level of a network's names is missing, such as {@code model}
   * of a decoder whose head is.
   *
   * @param level with a dot
   */
  public Weights without(String level) {
    return new Weights(graph, model, prefix, source, adapters, use, level);
  }

  /** The graph being staged. */
  public Graph graph() {
    return graph;
  }

  /** The weight called {@code name} here, which must have {@code shape}. */
  public Expr weight(String name, Shape shape, Init init) {
    return source.weight(graph, new Parameter(full(name), shape, init));
  }

  /** A linear layer with bias; x: [..., in], result: [..., out]. */
  public Expr linear(String name, Expr x, long out) {
    return linear(name, x, out, true);
  }

  /** A linear layer, with or without bias; x: [..., in], result: [..., out]. */
  public Expr linear(String name, Expr x, long out, boolean bias) {
    graph.enter(full(name));
    Shape shape = Shape.of(out, x.shape().size(-1));
    Expr w = weight(name + ".weight", shape, Init.KAIMING);
    Optional<Expr> b = bias ? Optional.of(bias(name, out)) : Optional.empty();
    Site site = Site.linear(site(name), shape, bias);
    return around(new SiteLayer(site, w, b, Weights::product, use), x);
  }

  /**
   * A square convolution with bias; x: [batch, in, height, width].
   *
   * @param out output channels
   */
  public Expr conv2d(String name, Expr x, long out, int kernel, int stride, int padding) {
    Shape shape = Shape.of(out, x.shape().size(1), kernel, kernel);
    return conv2d(Site.convolution(site(name), shape, stride, padding), name, x);
  }

  /** {@link #conv2d} without bias, as before a norm that has one. */
  public Expr unbiasedConv2d(String name, Expr x, long out, int kernel, int stride, int padding) {
    Shape shape = Shape.of(out, x.shape().size(1), kernel, kernel);
    return conv2d(Site.unbiasedConvolution(site(name), shape, stride, padding), name, x);
  }

  private Expr conv2d(Site site, String name, Expr x) {
    return convolution(
        site,
        name,
        (in, weight, bias) ->
            bias.isPresent()
                ? in.conv2d(weight, bias.get(), site.stride(), site.padding())
                : in.conv2d(weight, site.stride(), site.padding()),
        x);
  }

  /**
   * A convolution over one dimension, of stride 1 and with bias; x: [batch, in, size].
   *
   * @param out output channels
   * @param groups into how many groups the channels divide that see nothing of each other
   */
  public Expr conv1d(String name, Expr x, long out, int kernel, int padding, int groups) {
    Shape shape = Shape.of(out, x.shape().size(1) / groups, kernel);
    Convolution settings = Convolution.PLAIN.padded(padding).grouped(groups);
    return convolution(
        new Site(site(name), Site.Kind.CONVOLUTION, shape, true, 1, padding, 1, groups),
        name,
        (in, weight, bias) ->
            bias.isPresent()
                ? in.convolve(weight, bias.get(), settings)
                : in.convolve(weight, settings),
        x);
  }

  private Expr convolution(Site site, String name, SiteLayer.Formula formula, Expr x) {
    graph.enter(full(name));
    Expr w = weight(name + ".weight", site.weight(), Init.KAIMING);
    Optional<Expr> b = site.bias() ? Optional.of(bias(name, site.out())) : Optional.empty();
    return around(new SiteLayer(site, w, b, formula, use), x);
  }

  private static Expr product(Expr x, Expr weight, Optional<Expr> bias) {
    return bias.isPresent()
        ? RowProducts.linear(x, weight, bias.get())
        : RowProducts.linear(x, weight);
  }

  /** Applies the adapters to a layer and leaves it. */
  private Expr around(SiteLayer layer, Expr x) {
    Expr adapted = adapters.around(layer, x);
    graph.leave();
    return adapted;
  }

  private Expr bias(String name, long out) {
    return weight(name + ".bias", Shape.of(out), Init.BIAS);
  }

  /** Group normalisation; x: [batch, channels, ...]. */
  public Expr groupNorm(String name, Expr x, int groups, double epsilon) {
    graph.enter(full(name));
    Shape shape = Shape.of(x.shape().size(1));
    return around(
        norm(name, shape, (in, weight, bias) -> in.groupNorm(groups, weight, bias, epsilon)), x);
  }

  /** Layer normalisation over the last dimension of x. */
  public Expr layerNorm(String name, Expr x, double epsilon) {
    graph.enter(full(name));
    Shape shape = Shape.of(x.shape().size(-1));
    return around(norm(name, shape, (in, weight, bias) -> in.layerNorm(weight, bias, epsilon)), x);
  }

  /** {@link #layerNorm} without a shift. */
  public Expr scaledLayerNorm(String name, Expr x, double epsilon) {
    return scaled(name, x, Init.ONES, (in, weight, bias) -> in.layerNorm(weight, epsilon));
  }

  /**
   * Root mean square normalisation over the last dimension of x, which has a scale and no shift
   * (Zhang and Sennrich 2019).
   */
  public Expr rmsNorm(String name, Expr x, double epsilon) {
    return scaled(name, x, Init.ONES, (in, weight, bias) -> in.rmsNorm(weight, epsilon));
  }

  /**
   * Root mean square normalisation whose scale is 1 and the weight (Gemma Team 2024). It is formed
   * in F32 or wider, and rounded once to the type of x.
   */
  public Expr offsetRmsNorm(String name, Expr x, double epsilon) {
    return scaled(name, x, Init.ZEROS, new OffsetNorm(epsilon));
  }

  /** A layer with one number for each of the last dimension of x. */
  private Expr scaled(String name, Expr x, Init init, SiteLayer.Formula formula) {
    graph.enter(full(name));
    Shape shape = Shape.of(x.shape().size(-1));
    Expr weight = weight(name + ".weight", shape, init);
    Site site = Site.scale(site(name), shape.size(0));
    return around(new SiteLayer(site, weight, Optional.empty(), formula, use), x);
  }

  /** A norm's operation with its scale and shift. */
  private interface Norm {
    Expr apply(Expr x, Expr weight, Expr bias);
  }

  /** A norm without a shift has one of 0. */
  private SiteLayer norm(String name, Shape shape, Norm norm) {
    return new SiteLayer(
        Site.norm(site(name), shape.size(0)),
        scale(name, shape),
        Optional.of(shift(name, shape)),
        (x, weight, bias) -> norm.apply(x, weight, bias.orElseGet(() -> weight.mul(0))),
        use);
  }

  private Expr scale(String name, Shape shape) {
    return weight(name + ".weight", shape, Init.ONES);
  }

  private Expr shift(String name, Shape shape) {
    return weight(name + ".bias", shape, Init.ZEROS);
  }

  /** Rows of a table; indices: I64 [...], result: [..., width]. */
  public Expr embedding(String name, Expr indices, long entries, long width) {
    graph.enter(full(name));
    Expr table = weight(name + ".weight", Shape.of(entries, width), Init.EMBEDDING);
    Site site = Site.embedding(site(name), entries, width);
    return around(
        new SiteLayer(
            site, table, Optional.empty(), (in, weight, bias) -> weight.embedding(in), use),
        indices);
  }

  private String site(String name) {
    return model + "." + full(name);
  }

  /** A part's name with the missing level, if there is one. */
  private String inside(String name) {
    return prefix.isEmpty() ? name : prefix + "." + name;
  }

  private String full(String name) {
    String inside = inside(name);
    return !missing.isEmpty() && inside.startsWith(missing)
        ? inside.substring(missing.length())
        : inside;
  }
}
