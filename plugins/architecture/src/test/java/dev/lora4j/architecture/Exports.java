package dev.lora4j.architecture;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.module.ModuleDescriptor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Packages of our modules: those that all may use, and the others. */
final class Exports {
  static final Set<String> EXPORTED = new TreeSet<>();
  static final Set<String> HIDDEN = new TreeSet<>();

  static {
    for (Path classes : House.existing("target/classes")) {
      Path module = classes.resolve("module-info.class");
      if (Files.exists(module)) {
        try (InputStream in = Files.newInputStream(module)) {
          ModuleDescriptor known = ModuleDescriptor.read(in, () -> Packages.below(classes));
          known.exports().stream()
              .filter(e -> !e.isQualified())
              .map(ModuleDescriptor.Exports::source)
              .forEach(EXPORTED::add);
          HIDDEN.addAll(known.packages());
        } catch (IOException e) {
          throw new ExceptionInInitializerError(e);
        }
      }
    }
    HIDDEN.removeAll(EXPORTED);
  }

  private Exports() {}

  /** Exported packages whose {@code package-info} has a status of API Guardian. */
  static Set<String> withStatus(String status) {
    Set<String> found = new TreeSet<>();
    for (String exported : EXPORTED) {
      String file = "src/main/java/" + exported.replace('.', '/') + "/package-info.java";
      for (Path module : House.MODULES) {
        if (read(module.resolve(file)).contains("@API(status = API.Status." + status)) {
          found.add(exported);
        }
      }
    }
    return found;
  }

  private static String read(Path file) {
    try {
      return Files.exists(file) ? Files.readString(file) : "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Classes that others see, in order. */
  static Stream<JavaClass> classes() {
    return House.CLASSES.stream()
        .filter(c -> EXPORTED.contains(c.getPackageName()))
        .filter(Exports::visible)
        .sorted((a, b) -> a.getName().compareTo(b.getName()));
  }

  private static boolean visible(JavaClass type) {
    Optional<JavaClass> outer = type.getEnclosingClass();
    return visible(type.getModifiers())
        && !type.isAnonymousClass()
        && (outer.isEmpty() || visible(outer.get()));
  }

  /** True for what is public or protected. */
  static boolean visible(Set<JavaModifier> modifiers) {
    return modifiers.contains(JavaModifier.PUBLIC) || modifiers.contains(JavaModifier.PROTECTED);
  }
}
