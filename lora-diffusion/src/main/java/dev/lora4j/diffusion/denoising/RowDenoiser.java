package dev.lora4j.diffusion.denoising;

import dev.lora4j.core.mix.GridSize;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.mix.Route;
import dev.lora4j.core.model.text.PromptTokenizer;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.diffusion.base.DiffusionModel;
import dev.lora4j.diffusion.conditioning.CaptionEncoder;
import dev.lora4j.diffusion.conditioning.EncodedCaption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The denoiser of a base for batches whose rows have adapters of their own, outside the way of a
 * picture. Rows share a run where their adapters are unmerged; those with methods that have to be
 * merged run with the rows of the same adapters. A row's numbers do not depend on the others.
 */
public final class RowDenoiser {
  private final Scope scope;
  private final DiffusionModel base;
  private final List<PromptTokenizer> tokenizers;
  private final MixedNetworks networks;

  /**
   * For rows with these adapters.
   *
   * @param scope owner of what is merged and stacked
   * @param plans whose weights are the same at every step and place
   */
  public RowDenoiser(
      Scope scope,
      DiffusionModel base,
      PipelinePrograms programs,
      List<PromptTokenizer> tokenizers,
      List<MixPlan> plans) {
    if (plans.stream().anyMatch(plan -> !plan.constant() || plan.regional())) {
      throw new IllegalArgumentException(
          "Adapters of rows have one weight at every step and place.");
    }
    this.scope = scope;
    this.base = base;
    this.tokenizers = List.copyOf(tokenizers);
    int side = base.sampleSize();
    networks =
        new MixedNetworks(
            scope,
            base,
            programs,
            plans.stream().map(plan -> plan.route(Route.UNMERGED)).toList(),
            plans.stream().map(plan -> 1).toList(),
            new GridSize(side, side),
            1);
  }

  /**
   * Encodes captions by the text encoders with a plan's adapters.
   *
   * @param plan its number
   * @param clipSkip layers of the text encoders to leave out, beyond what the base leaves out
   * @param chunks runs of the encoders that each caption takes
   */
  public List<EncodedCaption> encode(int plan, List<String> captions, int clipSkip, int chunks) {
    return new CaptionEncoder(base, networks.text(plan), tokenizers)
        .encode(scope, captions, clipSkip, chunks);
  }

  /**
   * Predicts.
   *
   * @param plans for each row the number of its plan
   * @param inputs F32 inputs of {@link dev.lora4j.diffusion.base.StagedNetworks#denoiser}, a row of
   *     each for each row
   * @return F32 of the shape of the latents, owned by {@code owner}
   */
  public Tensor predict(Scope owner, List<Integer> plans, Map<String, Tensor> inputs) {
    Map<Object, List<Integer>> groups = new LinkedHashMap<>();
    for (int row = 0; row < plans.size(); row++) {
      groups.computeIfAbsent(networks.group(plans.get(row)), g -> new ArrayList<>()).add(row);
    }
    Shape latents = Objects.requireNonNull(inputs.get("x")).shape();
    float[] all = new float[Math.toIntExact(latents.elements())];
    for (List<Integer> rows : groups.values()) {
      try (Scope work = scope.child("rows")) {
        Map<String, Tensor> own = new HashMap<>();
        inputs.forEach((name, tensor) -> own.put(name, rows(work, tensor, rows)));
        List<Integer> numbers = rows.stream().map(plans::get).toList();
        float[] predicted =
            scope.engine().together(() -> networks.unet(work, numbers, own, 0).floats());
        int values = all.length / plans.size();
        for (int i = 0; i < rows.size(); i++) {
          System.arraycopy(predicted, i * values, all, rows.get(i) * values, values);
        }
      }
    }
    return Tensor.of(owner, latents, all);
  }

  private static Tensor rows(Scope work, Tensor all, List<Integer> rows) {
    if (rows.size() == all.shape().size(0)) {
      return all;
    }
    float[] values = all.floats();
    int each = values.length / Math.toIntExact(all.shape().size(0));
    float[] some = new float[rows.size() * each];
    for (int i = 0; i < rows.size(); i++) {
      int from = rows.get(i) * each;
      System.arraycopy(Arrays.copyOfRange(values, from, from + each), 0, some, i * each, each);
    }
    return Tensor.of(work, all.shape().with(0, rows.size()), some);
  }
}
