package dev.lora4j.diffusion.denoising;

import dev.lora4j.core.model.text.PromptTokenizer;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.diffusion.base.DiffusionModel;
import dev.lora4j.diffusion.base.StagedNetworks;
import dev.lora4j.diffusion.conditioning.Conditioning;
import dev.lora4j.diffusion.conditioning.TextMix;
import dev.lora4j.diffusion.request.GuidanceRules;
import dev.lora4j.diffusion.request.InitImage;
import dev.lora4j.diffusion.request.MicroConditioning;
import dev.lora4j.diffusion.request.Prompt;
import dev.lora4j.diffusion.sampling.TorchRandom;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * One picture of a batch: its rows in the denoiser's batch, one or, with guidance, a row without
 * the text and one with it; the use of the outputs; and its initial noise, which is that of the
 * same picture made alone.
 */
final class BatchPicture {
  private static final String CONTEXT = "context";

  private final Prompt prompt;
  private final boolean guided;
  private final double scale;
  private final TorchRandom random;
  private final Optional<OutputMixing> mixing;
  private Optional<InitLatents> start = Optional.empty();
  private Optional<Tensor> filling = Optional.empty();

  /**
   * A picture, of whose plans {@code mixing} makes one output; it has one plan if that is absent.
   */
  BatchPicture(DiffusionModel base, Prompt prompt, Optional<OutputMixing> mixing) {
    this.prompt = prompt;
    guided = guided(base, prompt);
    scale = scale(base, prompt);
    this.mixing = mixing;
    random = new TorchRandom(prompt.seed());
  }

  /**
   * Conditioning of a picture beside latents and timestep, a row for each of {@link #rows}.
   *
   * @param contexts the text encoders of the whole picture, then those of each of its regions
   */
  static Map<String, Tensor> told(
      Scope scope,
      DiffusionModel base,
      PipelinePrograms programs,
      List<PromptTokenizer> tokenizers,
      List<TextMix> contexts,
      Prompt prompt) {
    boolean guided = guided(base, prompt);
    List<String> texts =
        guided ? List.of(prompt.negative(), prompt.text()) : List.of(prompt.text());
    List<Map<String, Tensor>> seen = new ArrayList<>();
    for (TextMix encoders : contexts) {
      seen.add(
          new Conditioning(scope, encoders, prompt.clipSkip())
              .of(base, tokenizers, texts, prompt.words(), base.zerosForNoText()));
    }
    Map<String, Tensor> told = new HashMap<>(seen.get(0));
    if (seen.size() > 1) {
      told.put(CONTEXT, byRow(scope, seen, texts.size()));
    }
    if (base.denoiser().guidanceWidth() > 0) {
      told.put(StagedNetworks.GUIDANCE, guidance(scope, base, prompt, texts.size()));
    }
    if (base.xl()) {
      told.put("sizes", sizes(scope, base, prompt, texts.size()));
    }
    told.putAll(ReferenceLatents.of(scope, base, programs.latents(), prompt, texts.size()));
    base.arrangement().requireClipSkip(prompt.clipSkip());
    GuidanceRules.require(base.path(), base.denoiser(), prompt);
    MicroConditioning.requireKnown(prompt.micro(), base.path(), base.xl());
    return told;
  }

  /** The embedding of the guidance scale for each row: F32 [rows, width]. */
  private static Tensor guidance(Scope scope, DiffusionModel base, Prompt prompt, int rows) {
    float[] row = base.denoiser().guidanceEmbedding(guidance(base, prompt));
    float[] all = new float[rows * row.length];
    for (int i = 0; i < all.length; i++) {
      all[i] = row[i % row.length];
    }
    return Tensor.of(scope, Shape.of(rows, row.length), all);
  }

  /**
   * Key of the conditioning: equal for prompts with equal conditioning, if their text encoders are
   * equal.
   */
  static Object key(DiffusionModel base, Prompt prompt) {
    boolean guided = guided(base, prompt);
    return List.of(
        prompt.text(),
        guided ? prompt.negative() : "",
        guided,
        base.denoiser().guidanceWidth() > 0 ? guidance(base, prompt) : 0,
        prompt.clipSkip(),
        prompt.micro(),
        prompt.usedEmbeddings(),
        prompt.references());
  }

  /** The contexts of each row one after the other: [rows * contexts, tokens, width]. */
  private static Tensor byRow(Scope scope, List<Map<String, Tensor>> contexts, int rows) {
    List<float[]> all = contexts.stream().map(c -> context(c).floats()).toList();
    Shape one = context(contexts.get(0)).shape();
    int values = all.get(0).length / rows;
    float[] joined = new float[all.size() * all.get(0).length];
    for (int row = 0; row < rows; row++) {
      for (int c = 0; c < all.size(); c++) {
        int to = (row * all.size() + c) * values;
        System.arraycopy(all.get(c), row * values, joined, to, values);
      }
    }
    return Tensor.of(scope, one.with(0, (long) rows * all.size()), joined);
  }

  private static Tensor context(Map<String, Tensor> told) {
    return Objects.requireNonNull(told.get(CONTEXT));
  }

  private static double guidance(DiffusionModel base, Prompt prompt) {
    return prompt.guidance().orElse(base.defaults().guidance());
  }

  /** Scale of classifier-free guidance: the true CFG scale where the base is told its guidance. */
  private static double scale(DiffusionModel base, Prompt prompt) {
    return base.denoiser().guidanceWidth() > 0
        ? prompt.trueCfg().orElse(1)
        : guidance(base, prompt);
  }

  /** True if it takes a row without the text and one with it. */
  private static boolean guided(DiffusionModel base, Prompt prompt) {
    return scale(base, prompt) != 1;
  }

  private static Tensor sizes(Scope scope, DiffusionModel base, Prompt prompt, int rows) {
    Shape latents = Generation.latentShape(base, prompt);
    int scale = base.vae().scale();
    int width = (int) latents.size(3) * scale;
    int height = (int) latents.size(2) * scale;
    float[] all = prompt.micro().rows(rows > 1, width, height);
    return Tensor.of(scope, Shape.of(rows, all.length / rows), all);
  }

  /**
   * Draws the numbers that the picture begins with.
   *
   * @param fills whether the denoiser gets a mask and what it leaves of a picture
   * @param values numbers of its latents
   * @return standard normal noise; none if it begins with a picture
   */
  float[] begin(
      Scope scope, DiffusionModel base, PipelinePrograms programs, boolean fills, int values) {
    start =
        prompt
            .start()
            .map(
                s ->
                    InitLatents.of(
                        scope, base, programs.latents(), s, fills, prompt.steps(), random));
    float[] noise = start.isPresent() ? new float[values] : random.randn(values);
    if (fills) {
      InitImage picture =
          prompt
              .start()
              .orElseThrow(
                  () ->
                      new IllegalArgumentException(
                          base.path() + " was made to fill masks; give a picture and a mask."));
      filling = Optional.of(InitLatents.filling(scope, base, programs.latents(), picture, random));
    }
    return noise;
  }

  /** The next of the picture's own random numbers, for samplers that add some on the way. */
  float[] noise(int values) {
    return random.randn(values);
  }

  Optional<InitLatents> start() {
    return start;
  }

  /** F32 [1, channels, h, w] beside the latents, for a denoiser that was made to fill masks. */
  Optional<Tensor> filling() {
    return filling;
  }

  /** Rows of the denoiser's batch for each plan. */
  int rows() {
    return guided ? 2 : 1;
  }

  static int rows(DiffusionModel base, Prompt prompt) {
    return guided(base, prompt) ? 2 : 1;
  }

  /** One output of a step out of those of all plans, after guidance. */
  float[] composed(List<float[]> outputs, int step) {
    return mixing.map(m -> m.of(outputs, step)).orElseGet(() -> outputs.get(0));
  }

  /**
   * Classifier-free guidance (Ho and Salimans 2022, equation 6).
   *
   * @param predicted all rows, one after the other
   * @return one row
   */
  float[] guide(float[] predicted) {
    if (!guided) {
      return predicted;
    }
    int n = predicted.length / 2;
    float[] result = new float[n];
    for (int i = 0; i < n; i++) {
      float without = predicted[i];
      result[i] = (float) (without + scale * (predicted[n + i] - without));
    }
    return result;
  }
}
