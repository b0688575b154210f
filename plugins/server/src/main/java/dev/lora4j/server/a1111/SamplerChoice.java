package dev.lora4j.server.a1111;

import dev.lora4j.diffusion.request.Prompt;
import dev.lora4j.diffusion.sampling.SigmaSchedule;
import dev.lora4j.server.http.HttpProblem;
import dev.lora4j.server.json.JsonFields;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The sampler of a request with its schedule.
 *
 * @param sampler as A1111 calls it
 */
record SamplerChoice(SamplerName sampler, SigmaSchedule schedule) {
  /**
   * Reads {@code sampler_name}, {@code sampler_index}, {@code scheduler} and {@code eta}.
   *
   * @throws HttpProblem 400 if there is no such sampler or scheduler
   */
  static SamplerChoice of(JsonFields body) {
    String name =
        body.text("sampler_name")
            .filter(n -> !n.isEmpty())
            .or(() -> body.text("sampler_index"))
            .orElse("Euler");
    String wanted =
        body.text("scheduler").filter(s -> !s.isEmpty()).orElse(SchedulerName.AUTOMATIC);
    Optional<SamplerName> plain = SamplerName.find(name);
    SamplerName sampler = plain.or(() -> withSchedule(name)).orElseThrow(() -> unknown(name));
    if (plain.isEmpty()) {
      wanted = name.substring(sampler.name().length()).strip();
    }
    requireEta(sampler, body);
    return new SamplerChoice(sampler, schedule(sampler, wanted));
  }

  /** Older clients put the schedule behind the sampler, as in {@code DPM++ 2M Karras}. */
  private static Optional<SamplerName> withSchedule(String name) {
    String small = name.toLowerCase(Locale.ROOT);
    return SamplerName.all().stream()
        .filter(
            one ->
                small.startsWith(one.name().toLowerCase(Locale.ROOT) + " ")
                    && SchedulerName.find(name.substring(one.name().length()).strip()).isPresent())
        .findFirst();
  }

  private static SigmaSchedule schedule(SamplerName sampler, String wanted) {
    boolean own = wanted.equalsIgnoreCase(SchedulerName.AUTOMATIC);
    if (own && sampler.schedule().isEmpty()) {
      return SigmaSchedule.DEFAULT;
    }
    return SchedulerName.find(own ? sampler.schedule() : wanted)
        .map(SchedulerName::schedule)
        .orElseThrow(
            () ->
                new HttpProblem(
                    400,
                    "Scheduler not found: '"
                        + wanted
                        + "'. There are "
                        + SchedulerName.ALL.stream()
                            .map(SchedulerName::label)
                            .collect(Collectors.joining(", "))
                        + "."));
  }

  private static HttpProblem unknown(String name) {
    return new HttpProblem(
        400,
        "Sampler not found: '"
            + name
            + "'. There are "
            + SamplerName.all().stream().map(SamplerName::name).collect(Collectors.joining(", "))
            + ".");
  }

  private static void requireEta(SamplerName sampler, JsonFields body) {
    if (body.has("eta") && sampler.eta().isPresent()) {
      double has = sampler.eta().getAsDouble();
      double wanted = body.number("eta", 0, 1).orElse(has);
      if (wanted != has) {
        throw A1111Problem.unusable(
            "eta is "
                + has
                + " for the sampler "
                + sampler.name()
                + " and cannot be changed, found "
                + wanted
                + ". Leave it out.");
      }
    }
  }

  /** A prompt with this sampler. */
  Prompt applied(Prompt prompt) {
    return prompt.sampler(sampler.sampler()).schedule(schedule);
  }
}
