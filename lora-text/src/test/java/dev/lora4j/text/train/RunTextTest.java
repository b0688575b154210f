package dev.lora4j.text.train;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** Trainings that were kept before are known again by this text. */
class RunTextTest {
  @Test
  void settingsKeepTheirText() {
    assertEquals(
        "TextTrainingSettings[recipe=AdapterRecipe[method=LoraTraining[], targets=Targets"
            + "[presets=[attention-feed-forward], include=[], exclude=[]], rank=16, alpha=16.0,"
            + " convRank=OptionalInt.empty, convAlpha=OptionalDouble.empty, overrides=[], saved"
            + "=[], start=kaiming, rankStabilised=false, dropouts=Dropouts[input=0.0, network=0"
            + ".0, rank=0.0, module=0.0], beginning=Optional.empty], training=TrainingSettings["
            + "optimizer=AdamW[beta1=0.9, beta2=0.999, epsilon=1.0E-8, weightDecay=0.01], rate="
            + "0.001, schedule=RateSchedule[decay=Cosine[], steps=300, warmup=30, least=0.0], a"
            + "ccumulate=1, clip=1.0, averageDecay=0.0, maxNorm=OptionalDouble.empty, seed=0, s"
            + "tored=F32], limits=SequenceLimits[longest=512, longer=CUT, pack=false], batch=8,"
            + " heldOut=0.0]",
        TextTrainingSettings.DEFAULT.canonical());
  }
}
