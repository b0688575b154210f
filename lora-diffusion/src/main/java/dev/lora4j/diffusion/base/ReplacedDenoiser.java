package dev.lora4j.diffusion.base;

import dev.lora4j.core.format.Placement;
import dev.lora4j.core.model.text.PromptFrame;
import dev.lora4j.core.model.text.PromptTokenizer;
import dev.lora4j.core.nn.Parameter;
import dev.lora4j.core.nn.StoredTensors;
import dev.lora4j.diffusion.base.original.OriginalDenoiser;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A model whose denoiser lies in another file; its sizes are those of the model. */
final class ReplacedDenoiser implements ModelSource {
  private final ModelSource base;
  private final DenoiserFile denoiser;

  private ReplacedDenoiser(ModelSource base, DenoiserFile denoiser) {
    this.base = base;
    this.denoiser = denoiser;
  }

  /**
   * Puts the denoiser of a file in the place of that of a model.
   *
   * @param path of the model
   * @param base the opened model, which is closed with this
   * @throws dev.lora4j.core.model.ModelException if the file has none, or one of another kind
   */
  static ReplacedDenoiser of(Path path, ModelSource base, Path file) {
    return new ReplacedDenoiser(base, DenoiserFile.open(file, base.configs(), path));
  }

  private boolean replaced(String model) {
    return model.equals(configs().unet().component());
  }

  @Override
  public ModelConfigs configs() {
    return base.configs();
  }

  @Override
  public StoredTensors store(String model) {
    return replaced(model) ? denoiser.tensors() : base.store(model);
  }

  @Override
  public String label(String model) {
    return replaced(model) ? denoiser.path().getFileName() + ": " : base.label(model);
  }

  @Override
  public List<Placement> places(String model, Parameter parameter) {
    return replaced(model) ? denoiser.places(parameter) : base.places(model, parameter);
  }

  @Override
  public List<String> unknown(String model, List<String> unclaimed) {
    return replaced(model)
        ? denoiser.unknown(unclaimed)
        // Nobody asks for the denoiser of a file that has all networks.
        : base.unknown(
            model, unclaimed.stream().filter(n -> !n.startsWith(OriginalDenoiser.WHOLE)).toList());
  }

  @Override
  public List<String> notes() {
    List<String> notes = new ArrayList<>(base.notes());
    notes.addAll(denoiser.notes());
    return notes;
  }

  @Override
  public List<Path> files() {
    return filesWithout("");
  }

  @Override
  public List<Path> filesWithout(String model) {
    List<Path> files = new ArrayList<>(base.filesWithout(configs().unet().component()));
    if (!replaced(model)) {
      files.addAll(denoiser.files());
    }
    return files;
  }

  @Override
  public PromptTokenizer tokenizer(ModelConfigs.Text encoder, PromptFrame frame) {
    return base.tokenizer(encoder, frame);
  }

  @Override
  public void close() {
    denoiser.close();
    base.close();
  }
}
