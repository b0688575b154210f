package dev.lora4j.core.nn;

import dev.lora4j.core.nn.Parameter.Init;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Shape;

/**
 * A model's weights as seen from one of its layers: asked for by name relative to the layer and by
 * the shape the layer expects.
 *
 * <p>Linear layers, convolutions, embeddings and norms are the sites where adapters take part.
 */
public final class Weights {
  private final Graph graph;
  private final String model;
  private final String prefix;
  private final WeightSource source;
  private final SiteAdapters adapters;

  private Weights(
      Graph graph, String model, String prefix, WeightSource source, SiteAdapters adapters) {
    this.graph = graph;
    this.model = model;
    this.prefix = prefix;
    this.source = source;
    this.adapters = adapters;
  }

  /**
   * The weights of a whole model.
   *
   * @param model what the names of its sites begin with, for example {@code unet}
   */
  public static Weights of(Graph graph, String model, WeightSource source, SiteAdapters adapters) {
    return new Weights(graph, model, "", source, adapters);
  }

  /** The weights of a part, for example {@code down_blocks.0}. */
  public Weights at(String name) {
    return new Weights(graph, model, full(name), source, adapters);
  }

  /** The weights of a numbered part, for example {@code resnets.1}. */
  public Weights at(String name, int index) {
    return at(name + "." + index);
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
    Expr y = bias ? x.linear(w, bias(name, out)) : x.linear(w);
    Expr adapted = adapters.adapt(Site.linear(site(name), shape, bias), x, y);
    graph.leave();
    return adapted;
  }

  /**
   * A square convolution with bias; x: [batch, in, height, width].
   *
   * @param out output channels
   */
  public Expr conv2d(String name, Expr x, long out, int kernel, int stride, int padding) {
    graph.enter(full(name));
    Shape shape = Shape.of(out, x.shape().size(1), kernel, kernel);
    Expr w = weight(name + ".weight", shape, Init.KAIMING);
    Expr y = x.conv2d(w, bias(name, out), stride, padding);
    Expr adapted = adapters.adapt(Site.convolution(site(name), shape, stride, padding), x, y);
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
    Expr y = x.groupNorm(groups, scale(name, shape), shift(name, shape), epsilon);
    Expr adapted = adapters.adapt(Site.norm(site(name), shape.size(0)), x, y);
    graph.leave();
    return adapted;
  }

  /** Layer normalisation over the last dimension of x. */
  public Expr layerNorm(String name, Expr x, double epsilon) {
    graph.enter(full(name));
    Shape shape = Shape.of(x.shape().size(-1));
    Expr y = x.layerNorm(scale(name, shape), shift(name, shape), epsilon);
    Expr adapted = adapters.adapt(Site.norm(site(name), shape.size(0)), x, y);
    graph.leave();
    return adapted;
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
    Expr y = weight(name + ".weight", Shape.of(entries, width), Init.EMBEDDING).embedding(indices);
    Expr adapted = adapters.adapt(Site.embedding(site(name), entries, width), indices, y);
    graph.leave();
    return adapted;
  }

  private String site(String name) {
    return model + "." + full(name);
  }

  private String full(String name) {
    return prefix.isEmpty() ? name : prefix + "." + name;
  }
}
