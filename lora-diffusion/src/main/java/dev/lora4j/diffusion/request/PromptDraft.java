package dev.lora4j.diffusion.request;

import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.mixer.Mixer;
import dev.lora4j.diffusion.clip.Embedding;
import dev.lora4j.diffusion.sampling.SigmaSchedule;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/** A prompt while something of it is changed: the one place that knows all of its parts. */
final class PromptDraft {
  String text;
  String negative;
  long seed;
  OptionalInt steps;
  OptionalDouble guidance;
  OptionalDouble trueCfg;
  int width;
  int height;
  String sampler;
  SigmaSchedule schedule;
  int clipSkip;
  Optional<InitImage> start;
  List<ReferenceImage> references;
  MicroConditioning micro;
  MixPlan mix;
  List<Embedding> embeddings;
  Optional<Mixer> mixer;

  PromptDraft(Prompt prompt) {
    text = prompt.text();
    negative = prompt.negative();
    seed = prompt.seed();
    steps = prompt.namedSteps();
    guidance = prompt.guidance();
    trueCfg = prompt.trueCfg();
    width = prompt.width();
    height = prompt.height();
    sampler = prompt.sampler();
    schedule = prompt.schedule();
    clipSkip = prompt.clipSkip();
    start = prompt.start();
    references = prompt.references();
    micro = prompt.micro();
    mix = prompt.mix();
    embeddings = prompt.embeddings();
    mixer = prompt.mixer();
  }

  /** The prompt that it has become, checked. */
  Prompt prompt() {
    return new Prompt(
        new PromptValues(
            text,
            negative,
            seed,
            steps,
            guidance,
            trueCfg,
            width,
            height,
            sampler,
            schedule,
            clipSkip,
            start,
            references,
            micro,
            mix,
            embeddings,
            mixer));
  }
}
