package dev.lora4j.text.align.reward;

import dev.lora4j.core.identity.CanonicalForm;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.spi.Extension;
import dev.lora4j.spi.Setting;
import dev.lora4j.text.align.ModelReward;
import dev.lora4j.text.align.RewardContext;
import dev.lora4j.text.align.RewardFunction;
import dev.lora4j.text.model.TextLoadOptions;
import dev.lora4j.text.pipeline.RewardAdapters;
import dev.lora4j.text.pipeline.RewardModel;
import java.nio.file.Path;

/**
 * The number that a reward model gives the prompt with the completion.
 *
 * @param path Adapter of the reward model
 * @param base Its base; if empty the one that is trained, of which no second copy is made
 */
@Extension(
    point = RewardFunction.class,
    name = "model",
    help = "the number of a reward model, on the base that is trained or on another")
public record Judge(
    @Setting(help = "Adapter of the reward model, as text align reward writes it") String path,
    @Setting(help = "Base of the reward model; the one that is trained if empty", defaultValue = "")
        String base)
    implements ModelReward {
  /**
   * Checks adapter and base.
   *
   * @throws IllegalArgumentException if one of them cannot be a reward model
   */
  public Judge {
    RewardAdapters.require(Path.of(path));
    if (!base.isEmpty()) {
      RewardModel.require(Path.of(base));
    }
  }

  @Override
  public RewardFunction open(RewardContext run) {
    Path adapter = Path.of(path);
    Scope scope = run.scope().child("reward model");
    RewardModel model =
        base.isEmpty()
            ? RewardModel.on(scope, run.model(), adapter)
            : RewardModel.open(
                scope, Path.of(base), TextLoadOptions.in(run.model().base().precision()), adapter);
    return run.scope().own(new OpenJudge(model, canonical()));
  }

  /** The content of the adapter counts, not its place. */
  @Override
  public String canonical() {
    return CanonicalForm.of("Judge")
        .with("adapter", RewardAdapters.digest(Path.of(path)))
        .with("base", base)
        .text();
  }
}
