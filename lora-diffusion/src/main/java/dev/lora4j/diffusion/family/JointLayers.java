package dev.lora4j.diffusion.family;

import dev.lora4j.core.format.LayerList;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.safetensors.TensorInfo;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Common parts of the transformers of Stable Diffusion 3 and FLUX: streams of words and of patches
 * of the picture that meet in attention (MMDiT, Esser et al. 2024).
 */
public final class JointLayers {
  /** Component of the transformer in diffusers' pipelines. */
  public static final String COMPONENT = "transformer";

  /** Prefix of its native names. */
  public static final String NATIVE = "diffusion_model";

  /** Width of the sines that stand for a timestep. */
  public static final int SINES = 256;

  /** Width of T5's hidden states. */
  public static final int CONTEXT = 4096;

  public static final List<String> PICTURE = List.of("attn.to_q", "attn.to_k", "attn.to_v");
  public static final List<String> WORDS =
      List.of("attn.add_q_proj", "attn.add_k_proj", "attn.add_v_proj");

  private JointLayers() {}

  /** The component that a file of diffusers holds; empty if it has none of its blocks. */
  public static Optional<String> component(Set<String> tensors) {
    return tensors.stream().anyMatch(name -> name.startsWith("transformer_blocks.0."))
        ? Optional.of(COMPONENT)
        : Optional.empty();
  }

  /** Returns true if there is a tensor of this name with at least one dimension. */
  public static boolean has(Map<String, TensorInfo> tensors, String name) {
    return rows(tensors, name).isPresent();
  }

  /** Rows of a tensor; empty if there is none of this name, or it is a single number. */
  public static Optional<Long> rows(Map<String, TensorInfo> tensors, String name) {
    return Optional.ofNullable(tensors.get(name))
        .map(TensorInfo::shape)
        .filter(shape -> shape.rank() > 0)
        .map(shape -> shape.size(0));
  }

  /** Native names of a parameter of FLUX: the norms of queries and keys have a {@code scale}. */
  public static List<String> parameterNames(Site site, String parameter) {
    boolean scale = site.kind() == Site.Kind.NORM && parameter.equals("weight");
    return scale ? List.of(parameter, "scale") : List.of(parameter);
  }

  /** Square layers, one below the other in a native one. */
  public static void fused(LayerList at, List<String> names, String nativeName, int width) {
    for (int i = 0; i < names.size(); i++) {
      at.rows(names.get(i), nativeName, (long) i * width, width, width);
    }
  }

  /** The feed-forward part of a stream. */
  public static void forward(LayerList at, String name, String first, String second, int width) {
    at.linear(name + ".net.0.proj", first, 4L * width, width);
    at.linear(name + ".net.2", second, width, 4L * width);
  }

  /** Adds the embedder of the timestep, the pooled text or the guidance. */
  public static void embedder(
      LayerList model, String name, String first, String second, int in, int width) {
    model.linear("time_text_embed." + name + ".linear_1", first, width, in);
    model.linear("time_text_embed." + name + ".linear_2", second, width, width);
  }

  /** Scale and shift before the last layer; the original has shift first. */
  public static void last(LayerList model, int out, int width) {
    model.swapped("norm_out.linear", "final_layer.adaLN_modulation.1", 2L * width, width);
    model.linear("proj_out", "final_layer.linear", out, width);
  }
}
