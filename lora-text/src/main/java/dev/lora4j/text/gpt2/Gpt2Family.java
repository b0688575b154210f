package dev.lora4j.text.gpt2;

import dev.lora4j.core.format.Placement;
import dev.lora4j.core.model.ConfigFile;
import dev.lora4j.core.nn.Parameter;
import dev.lora4j.spi.Extension;
import dev.lora4j.text.model.DecoderFamily;
import dev.lora4j.text.model.TextFamily;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * GPT-2 and DistilGPT-2. Checkpoints have the weights of layers as [in, out], and may be without
 * the level {@code transformer}.
 */
@Extension(point = TextFamily.class, name = "gpt2", help = "GPT-2, DistilGPT-2")
public final class Gpt2Family extends DecoderFamily {
  private static final Pattern TURNED =
      Pattern.compile(".*\\.(attn|mlp)\\.c_(attn|proj|fc)\\.weight");
  private static final Pattern BUFFER = Pattern.compile("(.*\\.)?attn\\.(masked_)?bias");

  /** The family. */
  public Gpt2Family() {
    super(Set.of("gpt2"));
  }

  @Override
  protected Decoder decoder(ConfigFile config) {
    Gpt2Config sizes = Gpt2Config.read(config);
    return new Decoder(new Gpt2(sizes), sizes.width());
  }

  @Override
  protected String level() {
    return "transformer.";
  }

  @Override
  protected String tokenHead() {
    return "classifier";
  }

  @Override
  public List<Placement> places(Parameter parameter) {
    String name = parameter.name();
    boolean turned = TURNED.matcher(name).matches();
    return spellings(name)
        .map(n -> turned ? Placement.transposed("", n) : Placement.of("", n))
        .toList();
  }

  /** Masks; the head for words beside one for classes or where it is the embedding again. */
  @Override
  public boolean ignores(String tensor) {
    return BUFFER.matcher(tensor).matches() || tensor.matches("(lm_head|score)\\.weight");
  }
}
