package dev.lora4j.text.train;

import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.text.align.PolicySettings;
import dev.lora4j.text.align.ReferenceSync;
import dev.lora4j.text.align.ReferenceUse;
import dev.lora4j.text.pipeline.LanguageModel;
import java.util.Optional;

/**
 * Losses of lessons, for one run.
 *
 * @param owner of what they need beside the model
 */
record LessonLosses(Scope owner, LanguageModel model, TextTrainingSettings settings) {
  /** The loss of a lesson. */
  SequenceLoss of(Lesson lesson) {
    if (lesson instanceof Lesson.Teachers taught) {
      return new DivergenceLoss(owner, head(1), taught.distillation());
    } else if (lesson instanceof Lesson.Pairs pairs) {
      return of(pairs);
    } else if (lesson instanceof Lesson.Judged judged) {
      return of(judged);
    } else if (lesson instanceof Lesson.Rewarded rewarded) {
      return of(rewarded);
    } else if (lesson instanceof Lesson.Written written) {
      long places = (long) settings.batch() * written.teaching().longestCompletion();
      return new OnPolicyLoss(owner, new HeadUse(model, places), written.teaching(), seed());
    }
    return new TokenLoss(model, head(1), ((Lesson.Texts) lesson).packed());
  }

  private SequenceLoss of(Lesson.Pairs pairs) {
    boolean compares = pairs.preferences().objective().compares();
    Optional<MovingReference> moving = moving(pairs.sync(), 1);
    Optional<TokenShares> shares = pairs.preferences().shares();
    return new PreferencePairLoss(
        head(2),
        pairs.preferences(),
        moving
            .map(reference -> KnownLikelihoods.moving(reference, shares))
            .or(() -> reference(compares, pairs.reference(), shares)),
        moving);
  }

  private SequenceLoss of(Lesson.Judged judged) {
    Optional<MovingReference> moving = moving(judged.sync(), 1);
    return new JudgedCompletionLoss(
        head(2),
        judged.texts(),
        longest(),
        moving
            .map(reference -> KnownLikelihoods.moving(reference, Optional.empty()))
            .or(() -> reference(true, judged.reference(), Optional.empty())),
        moving);
  }

  private SequenceLoss of(Lesson.Rewarded rewarded) {
    RewardedPrompts prompts = rewarded.prompts();
    PolicySettings how = prompts.settings();
    long places = (long) settings.batch() * how.group() * how.maxNewTokens();
    PolicyRollouts rollouts =
        new PolicyRollouts(
            owner,
            model,
            prompts,
            seed(),
            beginning(),
            moving(rewarded.sync(), how.sampling().temperature()));
    return new PolicyRolloutLoss(new HeadUse(model, places), prompts, rollouts, begins());
  }

  /**
   * Use of the head by batches of texts.
   *
   * @param rows of each thing that is learned
   */
  private HeadUse head(int rows) {
    return new HeadUse(model, (long) settings.batch() * rows * longest());
  }

  private int longest() {
    return Math.min(model.network().longest(), settings.limits().longest());
  }

  private long seed() {
    return settings.training().seed();
  }

  /** True if the run begins with an adapter that is trained further. */
  private boolean begins() {
    return settings.recipe().beginning().isPresent();
  }

  /** That adapter, or none. */
  private MixPlan beginning() {
    return settings
        .recipe()
        .beginning()
        .map(adapter -> MixPlan.of(adapter, 1))
        .orElse(MixPlan.NONE);
  }

  /** The reference that follows the model, if there is one. */
  private Optional<MovingReference> moving(Optional<ReferenceSync> sync, double temperature) {
    return sync.map(how -> new MovingReference(owner, model, beginning(), temperature, how));
  }

  /** Likelihoods under the reference, unless it is the base in the program that trains. */
  private Optional<KnownLikelihoods> reference(
      boolean compares, ReferenceUse use, Optional<TokenShares> shares) {
    if (!compares || (!begins() && use == ReferenceUse.EACH_STEP)) {
      return Optional.empty();
    }
    FrozenReference reference = new FrozenReference(owner, model, beginning(), 1);
    return Optional.of(
        use == ReferenceUse.ONCE
            ? KnownLikelihoods.once(reference, shares)
            : KnownLikelihoods.each(reference, shares));
  }
}
