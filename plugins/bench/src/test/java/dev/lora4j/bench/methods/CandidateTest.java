package dev.lora4j.bench.methods;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.cli.console.Failure;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CandidateTest {
  @Test
  void keysOfTheRunAreNoSettings() {
    Candidate one = Candidate.parse("lokr:factor=8,rank=4,lr=3e-3");
    assertEquals(Map.of("factor", "8"), one.settings());
    assertEquals(Map.of("rank", "4", "lr", "3e-3"), one.run());
    assertEquals(Optional.of(3e-3), one.rate());
  }

  @Test
  void aCutHasTheTrainingOfTheWhole() {
    Candidate cut = Candidate.parse("dylora:unit=2,cut=4,rank=8");
    assertEquals("dylora:unit=2,rank=8", cut.trained().text());
    assertEquals(Optional.empty(), cut.trained().cut());
  }

  @Test
  void plainLoraIsTheReferenceWhereverItsSweepBegins() {
    assertTrue(Candidate.parse("lora").reference());
    assertTrue(Candidate.parse("lora:lr=3e-3").reference());
    assertFalse(Candidate.parse("lora:rank=4,lr=3e-3").reference());
    assertFalse(Candidate.parse("lora:init=pissa").reference());
    assertFalse(Candidate.parse("miss").reference());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "lorra | near are lora",
        "lokr:faktor=8 | faktor",
        "lokr:8 | KEY=VALUE",
        "lora:cut=4 | cut=N is for dylora",
      })
  void mistakesAreNamed(String text, String told) {
    Failure refused = assertThrows(Failure.class, () -> Candidate.parse(text));
    assertTrue(refused.ofUsage());
    assertTrue(refused.getMessage().contains(told), refused.getMessage());
  }

  @ParameterizedTest
  @CsvSource({"lora:lr=x", "lora:lr=0", "lora:lr=-1", "lora:lr=Infinity"})
  void ratesAreAboveZero(String text) {
    assertThrows(Failure.class, () -> Candidate.parse(text).rate());
  }

  @Test
  void commandLinesSayAllOfIt() {
    Subject subject =
        new PictureSubject(
            "ink",
            Path.of("pictures"),
            Optional.empty(),
            List.of("--rank", "16"),
            new PictureSubject.Concepts(4, 8));
    Candidate one = Candidate.parse("dora:inner=lokr,rank=4,init=pissa");
    List<String> words =
        subject.training(new Subject.Run(one, 1e-3, 20, 3), Path.of("a.safetensors"), "kohya");
    String line = String.join(" ", words);
    assertTrue(line.contains("--method dora --steps 20 --lr 0.001 --seed 3 --rank 16"), line);
    assertTrue(line.contains("--set adapter.settings={ inner = \"lokr\" }"), line);
    assertTrue(line.contains("--set adapter.rank=4 --set adapter.init=pissa"), line);
    Subject texts =
        new TextSubject(
            "novel",
            Path.of("texts"),
            Path.of("unseen"),
            Optional.empty(),
            false,
            List.of("--rank", "16", "--pack"));
    String told =
        String.join(" ", texts.training(new Subject.Run(one, 1e-3, 20, 3), Path.of("a"), ""));
    assertTrue(told.contains("--method dora:inner=lokr "), told);
    assertTrue(told.contains("--pack --rank 4 --init pissa"), told);
    assertTrue(!told.contains("--rank 16"), told);
  }
}
