package dev.lora4j.architecture;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.List;

/** The packages from the ground up: a package may use its own line and the lines before it. */
final class Staircase {
  /** A package includes those below it, unless they have a line of their own. */
  private static final List<String> LINES =
      List.of(
          "dev.lora4j.spi",
          "dev.lora4j.core.identity",
          "dev.lora4j.core.protobuf",
          "dev.lora4j.core.vocabulary",
          "dev.lora4j.core.tensor.runtime",
          "dev.lora4j.core.tensor",
          "dev.lora4j.core.tensor.host",
          "dev.lora4j.core.tensor.djl",
          "dev.lora4j.core.safetensors",
          "dev.lora4j.core.store",
          "dev.lora4j.core.nn",
          "dev.lora4j.core.quantised",
          "dev.lora4j.core.gguf.block",
          "dev.lora4j.core.gguf",
          "dev.lora4j.core.adapter",
          "dev.lora4j.core.lowrank",
          "dev.lora4j.core.format",
          "dev.lora4j.core.model",
          "dev.lora4j.core.mix",
          "dev.lora4j.core.mixer",
          "dev.lora4j.core.bake",
          "dev.lora4j.core.train",
          "dev.lora4j.core",
          "dev.lora4j.diffusion",
          "dev.lora4j.text",
          "dev.lora4j.mixers",
          "dev.lora4j.onnx",
          "dev.lora4j.flow",
          "dev.lora4j.parquet",
          "dev.lora4j.langchain4j",
          "dev.lora4j.spring",
          "dev.lora4j.spark",
          "dev.lora4j.emoji",
          "dev.lora4j.tinylm",
          "dev.lora4j.cli.console",
          "dev.lora4j.cli.file",
          "dev.lora4j.cli",
          "dev.lora4j.cli.model",
          "dev.lora4j.cli.adapter",
          "dev.lora4j.cli.store",
          "dev.lora4j.cli.generate",
          "dev.lora4j.cli.evaluate",
          "dev.lora4j.cli.train",
          "dev.lora4j.cli.text",
          "dev.lora4j.cli.plugins",
          "dev.lora4j.cli.doctor",
          "dev.lora4j.spark.command",
          "dev.lora4j.hub",
          "dev.lora4j.whisper",
          "dev.lora4j.vision",
          "dev.lora4j.recipes",
          "dev.lora4j.server",
          "dev.lora4j.studio",
          "dev.lora4j.testkit",
          "dev.lora4j.bench",
          "org.example");

  private Staircase() {}

  /** The line of a package, or -1. */
  private static int line(String name) {
    int best = -1;
    for (int i = 0; i < LINES.size(); i++) {
      String line = LINES.get(i);
      boolean within = name.equals(line) || name.startsWith(line + ".");
      if (within && (best < 0 || line.length() > LINES.get(best).length())) {
        best = i;
      }
    }
    return best;
  }

  static ArchCondition<JavaClass> haveAPlace() {
    return new ArchCondition<>("have a place on the staircase") {
      @Override
      public void check(JavaClass item, ConditionEvents events) {
        if (line(item.getPackageName()) < 0) {
          String text = item.getName() + " is in a package that the staircase does not list";
          events.add(SimpleConditionEvent.violated(item, text));
        }
      }
    };
  }

  static ArchCondition<JavaClass> lookOnlyDown() {
    return new ArchCondition<>("use only what lies below them on the staircase") {
      @Override
      public void check(JavaClass item, ConditionEvents events) {
        int own = line(item.getPackageName());
        for (Dependency dependency : item.getDirectDependenciesFromSelf()) {
          if (own < line(dependency.getTargetClass().getPackageName())) {
            events.add(SimpleConditionEvent.violated(dependency, dependency.getDescription()));
          }
        }
      }
    };
  }
}
