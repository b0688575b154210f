package dev.lora4j.diffusion.dataset;

import dev.lora4j.diffusion.dataset.source.DataSource;
import dev.lora4j.spi.Extension;
import java.util.Optional;
import java.util.function.Consumer;

/** The folder's {@code class_tokens}, or those that kohya's folders have in their names. */
@Extension(
    point = CaptionSource.class,
    name = "class_tokens",
    help = "class_tokens of the folder, or what its name says in the form 10_sks fox")
public record ClassTokens() implements CaptionSource {
  @Override
  public Captions in(DataSource folder, Consumer<DataProblem> problems) {
    String tokens = folder.classTokens();
    return picture ->
        tokens.isBlank() ? Optional.empty() : Optional.of(new Caption(tokens, false, picture));
  }
}
