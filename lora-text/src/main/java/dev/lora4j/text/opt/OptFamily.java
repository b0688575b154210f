package dev.lora4j.text.opt;

import dev.lora4j.core.format.Placement;
import dev.lora4j.core.model.ConfigFile;
import dev.lora4j.core.nn.Parameter;
import dev.lora4j.spi.Extension;
import dev.lora4j.text.model.DecoderFamily;
import dev.lora4j.text.model.TextFamily;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** OPT. Checkpoints may be without the level {@code model}. */
@Extension(point = TextFamily.class, name = "opt", help = "OPT")
public final class OptFamily extends DecoderFamily {
  private static final String LEVEL = "model.";

  /** The family. */
  public OptFamily() {
    super(Set.of(OptConfig.TYPE));
  }

  @Override
  protected Decoder decoder(ConfigFile config) {
    OptConfig sizes = OptConfig.read(config);
    return new Decoder(new Opt(sizes), sizes.wordWidth());
  }

  @Override
  public List<Placement> places(Parameter parameter) {
    String name = parameter.name();
    return Stream.of(name, name.startsWith(LEVEL) ? name.substring(LEVEL.length()) : name)
        .distinct()
        .map(n -> Placement.of("", n))
        .toList();
  }
}
