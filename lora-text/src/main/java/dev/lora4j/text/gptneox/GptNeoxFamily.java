package dev.lora4j.text.gptneox;

import dev.lora4j.core.format.Placement;
import dev.lora4j.core.model.ConfigFile;
import dev.lora4j.core.nn.Parameter;
import dev.lora4j.spi.Extension;
import dev.lora4j.text.model.DecoderFamily;
import dev.lora4j.text.model.TextFamily;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** GPT-NeoX, Pythia, Dolly. Checkpoints call the head {@code embed_out}. */
@Extension(point = TextFamily.class, name = "gpt_neox", help = "GPT-NeoX, Pythia, Dolly")
public final class GptNeoxFamily extends DecoderFamily {
  private static final String HEAD = "^lm_head\\.";
  private static final String OLDER_HEAD = "embed_out.";
  private static final Pattern BUFFER =
      Pattern.compile(".*\\.attention\\.((masked_)?bias|rotary_emb\\.inv_freq)");

  /** The family. */
  public GptNeoxFamily() {
    super(Set.of(GptNeoxConfig.TYPE));
  }

  @Override
  protected Decoder decoder(ConfigFile config) {
    GptNeoxConfig sizes = GptNeoxConfig.read(config);
    return new Decoder(new GptNeox(sizes), sizes.hiddenSize());
  }

  @Override
  protected String level() {
    return "gpt_neox.";
  }

  @Override
  protected String tokenHead() {
    return "classifier";
  }

  @Override
  public List<Placement> places(Parameter parameter) {
    return Stream.concat(
            spellings(parameter.name()), Stream.of(parameter.name().replaceFirst(HEAD, OLDER_HEAD)))
        .distinct()
        .map(name -> Placement.of("", name))
        .toList();
  }

  /** Masks and frequencies; the head for words, beside one for classes or where it is tied. */
  @Override
  public boolean ignores(String tensor) {
    return BUFFER.matcher(tensor).matches() || tensor.matches("(lm_head|embed_out|score)\\.weight");
  }
}
