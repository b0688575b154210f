package dev.lora4j.diffusion.sampling;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.model.ConfigFile;
import dev.lora4j.diffusion.request.Prompt;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The sampler that a scheduler_config.json stands for, and the constants of samplers. */
class DefaultSamplerTest {
  @TempDir private Path folder;

  private DefaultSampler of(String json) throws IOException {
    Path file = Files.writeString(folder.resolve("scheduler_config.json"), json);
    SchedulerConfig config = SchedulerConfigFile.read(ConfigFile.read(file), true);
    return DefaultSampler.of(config, Samplers.UNIPC);
  }

  private DefaultSampler named(String scheduler, String more) throws IOException {
    return of("{\"_class_name\": \"" + scheduler + "Scheduler\"" + more + "}");
  }

  @ParameterizedTest
  @CsvSource({
    "DDIM, ddim",
    "DDPM, ddpm",
    "EulerDiscrete, euler",
    "EulerAncestralDiscrete, euler-a",
    "HeunDiscrete, heun",
    "DPMSolverMultistep, dpmpp-2m",
    "UniPCMultistep, unipc",
    "LCM, lcm",
    "TCD, tcd",
    "FlowMatchEulerDiscrete, euler"
  })
  void schedulerClassIsTheDefaultSampler(String scheduler, String sampler) throws IOException {
    DefaultSampler found = named(scheduler, "");
    assertEquals(sampler, found.sampler().name());
    assertEquals(Optional.empty(), found.note());
  }

  @ParameterizedTest
  @CsvSource({
    "PNDM, dpmpp-2m",
    "LMSDiscrete, dpmpp-2m",
    "DPMSolverSinglestep, dpmpp-2m",
    "DEISMultistep, dpmpp-2m",
    "DPMSolverSDE, dpmpp-2m-sde",
    "SASolver, dpmpp-2m-sde",
    "KDPM2Discrete, heun",
    "KDPM2AncestralDiscrete, euler-a",
    "FlowMatchLCM, euler"
  })
  void missingSamplerIsReplacedAndNoted(String scheduler, String sampler) throws IOException {
    DefaultSampler found = named(scheduler, "");
    assertEquals(sampler, found.sampler().name());
    String note = found.note().orElseThrow();
    assertTrue(note.contains(scheduler + "Scheduler") && note.contains(" " + sampler + "."), note);
  }

  @ParameterizedTest
  @CsvSource({
    "dpmsolver++, dpmpp-2m, false",
    "sde-dpmsolver++, dpmpp-2m-sde, false",
    "dpmsolver, dpmpp-2m, true",
    "sde-dpmsolver, dpmpp-2m-sde, true"
  })
  void algorithmOfTheSolverCounts(String algorithm, String sampler, boolean noted)
      throws IOException {
    DefaultSampler found =
        named("DPMSolverMultistep", ", \"algorithm_type\": \"" + algorithm + "\"");
    assertEquals(sampler, found.sampler().name());
    assertEquals(noted, found.note().isPresent());
  }

  @Test
  void unnamedSchedulerLeavesTheChoice() throws IOException {
    assertSame(Samplers.UNIPC, of("{\"beta_start\": 0.001}").sampler());
  }

  @Test
  void unmetSettingGivesDdimAndANote() throws IOException {
    DefaultSampler found = named("DPMSolverMultistep", ", \"solver_order\": 3");
    assertSame(Samplers.DDIM, found.sampler());
    assertTrue(found.note().orElseThrow().contains("solver_order"), found.toString());
  }

  @Test
  void constantsAreTheInstalledSamplers() {
    List<Sampler> constants =
        List.of(
            Samplers.DDIM,
            Samplers.DDPM,
            Samplers.EULER,
            Samplers.EULER_A,
            Samplers.HEUN,
            Samplers.DPMPP_2M,
            Samplers.DPMPP_2M_SDE,
            Samplers.UNIPC,
            Samplers.LCM);
    for (Sampler sampler : constants) {
      assertEquals(sampler.name(), Prompt.of("a fox").sampler(sampler).sampler());
    }
  }

  @Test
  void samplerThatIsNotInstalledIsRefused() {
    Sampler other =
        new Sampler() {
          @Override
          public String name() {
            return "euler";
          }

          @Override
          public List<NoiseLevel> levels(NoiseSchedule schedule, int steps) {
            return List.of();
          }

          @Override
          public double start(NoiseSchedule schedule, List<NoiseLevel> levels) {
            return 1;
          }

          @Override
          public float[] sample(SamplingRun run, float[] x) {
            return x;
          }
        };
    Prompt fox = Prompt.of("a fox");
    assertThrows(IllegalArgumentException.class, () -> fox.sampler(other));
  }
}
