package dev.lora4j.diffusion.pipeline;

import dev.lora4j.core.InterruptibleFuture;
import dev.lora4j.core.Lora4j;
import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.format.Family;
import dev.lora4j.core.format.LoadedAdapter;
import dev.lora4j.core.format.SiteCatalogue;
import dev.lora4j.core.format.reading.AdapterFiles;
import dev.lora4j.core.format.reading.ModelFamily;
import dev.lora4j.core.format.reading.ReadOptions;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.model.ModelException;
import dev.lora4j.core.model.text.PromptTokenizer;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Device;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.diffusion.base.DiffusionModel;
import dev.lora4j.diffusion.base.GenerationDefaults;
import dev.lora4j.diffusion.base.LoadOptions;
import dev.lora4j.diffusion.base.TextEncoder;
import dev.lora4j.diffusion.clip.Embedding;
import dev.lora4j.diffusion.clip.EmbeddingFile;
import dev.lora4j.diffusion.conditioning.CaptionEncoder;
import dev.lora4j.diffusion.conditioning.EmbeddingVectors;
import dev.lora4j.diffusion.conditioning.EncodedCaption;
import dev.lora4j.diffusion.dataset.Picture;
import dev.lora4j.diffusion.denoiser.TextArrangement;
import dev.lora4j.diffusion.denoising.Generation;
import dev.lora4j.diffusion.denoising.MixSummary;
import dev.lora4j.diffusion.denoising.PipelinePrograms;
import dev.lora4j.diffusion.denoising.RowDenoiser;
import dev.lora4j.diffusion.latent.LatentEncoder;
import dev.lora4j.diffusion.latent.Pixels;
import dev.lora4j.diffusion.latent.Tiling.Planes;
import dev.lora4j.diffusion.record.GeneratedImage;
import dev.lora4j.diffusion.record.GenerationInfo;
import dev.lora4j.diffusion.request.FewSteps;
import dev.lora4j.diffusion.request.Prompt;
import dev.lora4j.diffusion.request.StepListener;
import dev.lora4j.diffusion.sampling.NoiseLevel;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * A loaded base model that makes pictures.
 *
 * <p>Several threads may make pictures with different adapters at once. Interrupting a thread stops
 * its picture between two steps with a {@link java.util.concurrent.CancellationException}. Closing
 * gives the model's memory back to the system.
 */
public final class StableDiffusion implements AutoCloseable {
  private final Scope scope;
  private final DiffusionModel base;
  private final List<PromptTokenizer> tokenizers = new ArrayList<>();
  private final SiteCatalogue sites;
  private final Family family;
  private final PipelinePrograms programs;

  private StableDiffusion(Lora4j lora, Path path, LoadOptions options) {
    scope = lora.engine().scope("stable-diffusion");
    try {
      base = DiffusionModel.load(scope, path, options);
      for (TextEncoder encoder : base.textEncoders()) {
        tokenizers.add(scope.own(base.tokenizer(encoder)));
      }
      requireOneLength();
      sites = base.sites();
      family = ModelFamily.of(String.valueOf(path.getFileName()), sites);
      programs = PipelinePrograms.of(scope, base);
    } catch (RuntimeException e) {
      scope.close();
      throw e;
    }
  }

  /**
   * Requires tokenisers of one length where the outputs of several encoders stand side by side,
   * token by token.
   */
  private void requireOneLength() {
    List<TextArrangement.Part> parts = base.arrangement().parts();
    for (int e = 1; e < tokenizers.size(); e++) {
      List<Integer> lengths =
          tokenizers.subList(e - 1, e + 1).stream().map(PromptTokenizer::maxLength).toList();
      TextArrangement.Part before = parts.get(e - 1);
      TextArrangement.Part part = parts.get(e);
      boolean beside = before.words() && part.words() && before.stretch() == part.stretch();
      if (beside && !lengths.get(0).equals(lengths.get(1))) {
        throw new ModelException(
            base.path()
                + ": the tokenisers of its text encoders give "
                + lengths
                + " tokens at once; they must give as many.");
      }
    }
  }

  /**
   * Opens a model, to compute in F32: a folder in the layout of diffusers, or a checkpoint in one
   * file in the layout that Stable Diffusion 1, 2 and XL were published in.
   */
  public static StableDiffusion open(Lora4j lora, Path path) {
    return open(lora, path, LoadOptions.in(DType.F32));
  }

  /**
   * Opens a model with options, for example to compute in BF16: {@code LoadOptions.in(DType.BF16)}.
   *
   * @throws IllegalArgumentException if the library's device does not support the compute type
   * @throws dev.lora4j.core.model.ModelException if it is no such model, or not whole, with all
   *     that is missing or does not fit
   */
  public static StableDiffusion open(Lora4j lora, Path path, LoadOptions options) {
    DType compute = options.compute();
    Device device = lora.engine().device();
    if (!device.computes(compute)) {
      throw new IllegalArgumentException(
          "Networks are not computed in "
              + compute
              + " on "
              + device
              + "; take F32 or BF16"
              + (compute == DType.F16 ? ", or a card." : "."));
    }
    return new StableDiffusion(lora, path, options);
  }

  /** The loaded model. */
  public DiffusionModel base() {
    return base;
  }

  /** The layers that adapters can change. */
  public SiteCatalogue sites() {
    return sites;
  }

  /** Tokenisers of prompts, one for each text encoder. */
  public List<PromptTokenizer> tokenizers() {
    return List.copyOf(tokenizers);
  }

  PipelinePrograms programs() {
    return programs;
  }

  /** Owner of the model's memory. */
  public Scope scope() {
    return scope;
  }

  /** Family of this base, as readers of adapters need it. */
  public Family family() {
    return family;
  }

  /**
   * Reads an adapter for this base.
   *
   * @throws AdapterException with the account of its keys, if it cannot be used whole
   */
  public Adapter adapter(Path file) {
    return loadAdapter(file).adapter();
  }

  /**
   * Reads an adapter for this base, with the account of its keys.
   *
   * @throws AdapterException if it cannot be used whole
   */
  public LoadedAdapter loadAdapter(Path file) {
    return loadAdapter(file, ReadOptions.STRICT);
  }

  /**
   * Reads an adapter for this base, with its key account.
   *
   * @throws AdapterException if it cannot be used, or not whole where the options require that
   */
  public LoadedAdapter loadAdapter(Path file, ReadOptions options) {
    return AdapterFiles.read(file, family, options);
  }

  /**
   * Reads a textual inversion for this base.
   *
   * @throws dev.lora4j.diffusion.clip.EmbeddingException if the file holds none, or one for another
   *     kind of base
   */
  public Embedding embedding(Path file) {
    Embedding embedding = EmbeddingFile.read(file);
    EmbeddingVectors.require(base, embedding);
    return embedding;
  }

  /** Makes a picture. */
  public GeneratedImage generate(Prompt prompt) {
    return generate(prompt, StepListener.NONE);
  }

  /** Makes a picture; {@code listener} receives each step. */
  public GeneratedImage generate(Prompt prompt, StepListener listener) {
    return generate(List.of(prompt), listener).get(0);
  }

  /** Makes a picture on a thread of its own; {@link #generateAsync(Prompt, StepListener)}. */
  public CompletableFuture<GeneratedImage> generateAsync(Prompt prompt) {
    return generateAsync(prompt, StepListener.NONE);
  }

  /**
   * Makes a picture on a thread of its own. Cancelling the future stops the picture between two
   * steps. Close this base after all futures are done.
   *
   * @param listener receives each step, on that thread
   */
  public CompletableFuture<GeneratedImage> generateAsync(Prompt prompt, StepListener listener) {
    return InterruptibleFuture.start("lora4j-generate", () -> generate(prompt, listener));
  }

  /**
   * Makes pictures together: the denoiser runs once per step for all of them. Each has its own
   * text, seed, guidance, init image and adapters, and equals the picture made alone up to
   * rounding.
   *
   * <p>Pictures whose adapters must be merged and differ, or whose texts are longer than those of
   * others, are denoised in groups; see {@link GenerationInfo#notes}.
   *
   * @param listener receives each step, which all take together, and the progress of adapters that
   *     are mixed before
   * @return the pictures in the order of the prompts
   * @throws IllegalArgumentException if they differ in size, steps, sampler or schedule
   */
  public List<GeneratedImage> generate(List<Prompt> prompts, StepListener listener) {
    List<Prompt> sized = prompts.stream().map(this::completed).toList();
    try (Scope work = scope.child("generate")) {
      Generation generation = new Generation(work, base, programs, tokenizers, sized, listener);
      float[] latents = generation.run(listener);
      List<GeneratedImage> images = new ArrayList<>();
      for (int i = 0; i < sized.size(); i++) {
        Prompt own = sized.get(i);
        BufferedImage image = kept(decode(generation.own(latents, i), own), own);
        MixSummary account = generation.account(i);
        GenerationInfo info =
            GenerationInfo.of(
                base, scope.engine(), account.route(), sized.size(), i, account.notes());
        images.add(new GeneratedImage(image, own, info, sized));
      }
      return images;
    } finally {
      if (prompts.stream().anyMatch(p -> !p.mix().parts().isEmpty())) {
        scope.engine().trimMemory();
      }
    }
  }

  /**
   * The ways from noise that pictures would take which are made together.
   *
   * @param prompts without init images, of two steps or more
   * @return their latents after each step but the last, in the order of the prompts
   * @throws IllegalArgumentException if they differ in size, steps, sampler or schedule
   */
  public List<LatentPath> paths(List<Prompt> prompts) {
    List<Prompt> sized = prompts.stream().map(this::completed).toList();
    if (sized.stream().anyMatch(p -> p.start().isPresent() || p.steps() < 2)) {
      throw new IllegalArgumentException(
          "A way from noise has two steps or more, and no picture to begin with.");
    }
    try (Scope work = scope.child("paths")) {
      Generation generation =
          new Generation(work, base, programs, tokenizers, sized, StepListener.NONE);
      List<NoiseLevel> levels = generation.levels();
      List<NoiseLevel> between = levels.subList(1, levels.size() - 1);
      List<float[]> seen = new ArrayList<>();
      generation.followed(
          (step, x) -> {
            if (step < between.size()) {
              seen.add(x.clone());
            }
            return x;
          });
      Shape all = Generation.latentShape(base, sized.get(0));
      Shape one = Shape.of(all.size(1), all.size(2), all.size(3));
      List<LatentPath> paths = new ArrayList<>();
      for (int i = 0; i < sized.size(); i++) {
        int picture = i;
        List<float[]> own = seen.stream().map(x -> generation.own(x, picture)).toList();
        paths.add(new LatentPath(one, between, own));
      }
      return paths;
    }
  }

  /**
   * A prompt that names its size, sampler, steps and guidance scale. Where it names none, sampler,
   * steps and guidance scale are those of its first adapter for few steps ({@link FewSteps}), and
   * what is left is the base's own.
   */
  public Prompt completed(Prompt asked) {
    Prompt prompt = FewSteps.of(asked.mix()).map(few -> few.complete(asked)).orElse(asked);
    Shape latents = Generation.latentShape(base, prompt);
    int scale = base.vae().scale();
    Prompt sized =
        prompt
            .steps(prompt.steps())
            .size((int) latents.size(3) * scale, (int) latents.size(2) * scale);
    GenerationDefaults defaults = base.defaults();
    Prompt guided = sized.guidance(prompt.guidance().orElse(defaults.guidance()));
    return prompt.sampler().isEmpty() ? guided.sampler(defaults.sampler()) : guided;
  }

  /** Restores the pixels of the init image wherever it may not change. */
  private static BufferedImage kept(BufferedImage image, Prompt prompt) {
    prompt
        .start()
        .filter(s -> s.mask().isPresent())
        .ifPresent(
            s -> {
              BufferedImage before = Pixels.image(s.picture());
              for (int y = 0; y < image.getHeight(); y++) {
                for (int x = 0; x < image.getWidth(); x++) {
                  if (!s.mask().orElseThrow().open(x, y)) {
                    image.setRGB(x, y, before.getRGB(x, y));
                  }
                }
              }
            });
    return image;
  }

  private BufferedImage decode(float[] latents, Prompt prompt) {
    try (Scope work = scope.child("decode")) {
      Shape shape = Generation.latentShape(base, prompt);
      float[] z = new float[latents.length];
      for (int i = 0; i < z.length; i++) {
        z[i] = (float) (latents[i] / base.vae().scalingFactor() + base.vae().shiftFactor());
      }
      Planes latent = new Planes((int) shape.size(1), (int) shape.size(2), (int) shape.size(3), z);
      return Pixels.image(new LatentEncoder(work, base, programs.latents()).decode(latent));
    }
  }

  /**
   * Encodes pictures of one size.
   *
   * @return the scaled mean latents of each picture, [channels, h, w] in row-major order
   */
  public List<float[]> encode(List<Picture> pictures) {
    try (Scope work = scope.child("encode")) {
      Tensor x = Pixels.tensor(work, pictures);
      Tensor mean =
          programs.latents().encoder().run(work, base.vaeWeights(), Map.of("x", x)).get(0);
      return Pixels.rows(mean.floats(), pictures.size(), base.vae());
    }
  }

  /** Encodes captions for training, each in one chunk. */
  public List<EncodedCaption> encodeCaptions(List<String> captions, int clipSkip) {
    return encodeCaptions(captions, clipSkip, 1);
  }

  /**
   * Encodes captions for training: plain texts, of which more than the encoders' places in so many
   * chunks are left out.
   *
   * @param clipSkip layers of the text encoders to leave out, beyond what the base leaves out
   * @param chunks runs of the encoders that each caption takes, be it shorter or not
   */
  public List<EncodedCaption> encodeCaptions(List<String> captions, int clipSkip, int chunks) {
    return new CaptionEncoder(base, programs.texts(), tokenizers)
        .encode(scope, captions, clipSkip, chunks);
  }

  /**
   * The denoiser for batches whose rows have adapters of their own.
   *
   * @param owner of what is merged and stacked for it
   * @param plans adapters that a row may have
   */
  public RowPredictor rowPredictor(Scope owner, List<MixPlan> plans) {
    return new RowPredictor(new RowDenoiser(owner, base, programs, tokenizers, plans));
  }

  @Override
  public void close() {
    scope.close();
    scope.engine().trimMemory();
  }
}
