package dev.lora4j.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.format.reading.AdapterPolicy;
import dev.lora4j.core.format.reading.AdapterPolicy.Asked;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What every policy promises. Extend it for yours, with adapters that it refuses and permits. */
public abstract class AdapterPolicyContract extends ExtensionContract<AdapterPolicy> {
  private final Asked refused;
  private final Asked permitted;

  /**
   * For a policy on the class path.
   *
   * @param name without settings: all are asked as they are by themselves
   * @param refused an adapter that it does not permit
   * @param permitted one that it does
   */
  protected AdapterPolicyContract(String name, Asked refused, Asked permitted) {
    super(AdapterPolicy.class, name);
    this.refused = refused;
    this.permitted = permitted;
  }

  @Test
  void itRefusesWithAReason() {
    Optional<String> reason = extension().refusal(refused);
    assertTrue(reason.isPresent(), refused + " is permitted");
    assertFalse(reason.get().isBlank(), "no reason");
  }

  @Test
  void itPermits() {
    assertEquals(Optional.empty(), extension().refusal(permitted));
  }

  @Test
  void itIsAskedAboutAnything() {
    for (Asked strange :
        List.of(
            new Asked(Path.of(""), "", Map.of(), ""),
            new Asked(Path.of("/"), "0", Map.of("", ""), " "),
            new Asked(
                Path.of("a.safetensors"), "f".repeat(64), Map.of("modelspec.license", ""), "\n"))) {
      assertTrue(extension().refusal(strange).map(r -> !r.isBlank()).orElse(true));
    }
  }

  @Test
  void theSameAdapterGetsTheSameAnswer() throws Exception {
    AdapterPolicy policy = extension();
    ManyThreads.agree(
        () -> {
          List<Optional<String>> answers = new ArrayList<>();
          for (int i = 0; i < 20; i++) {
            answers.add(policy.refusal(refused));
            answers.add(policy.refusal(permitted));
          }
          return answers;
        });
  }

  @Test
  void allOfItsSettingsHaveDefaults() {
    assertTrue(info().ready(), "a setting has no default");
  }
}
