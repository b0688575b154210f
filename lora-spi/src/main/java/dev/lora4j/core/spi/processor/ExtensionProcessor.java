package dev.lora4j.core.spi.processor;

import dev.lora4j.core.spi.Extension;
import dev.lora4j.core.spi.ExtensionIndex;
import dev.lora4j.core.spi.ExtensionInfo;
import java.io.IOException;
import java.io.Writer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import javax.annotation.processing.AbstractProcessor;
import javax.annotation.processing.RoundEnvironment;
import javax.lang.model.SourceVersion;
import javax.lang.model.element.Element;
import javax.lang.model.element.TypeElement;
import javax.tools.Diagnostic;
import javax.tools.StandardLocation;

/**
 * Writes the {@link ExtensionIndex} of what is compiled, and its {@code META-INF/services}. What
 * could not be made when it is asked for is an error of compilation.
 */
public final class ExtensionProcessor extends AbstractProcessor {
  private final List<ExtensionInfo> found = new ArrayList<>();

  /** For the compiler. */
  public ExtensionProcessor() {}

  @Override
  public Set<String> getSupportedAnnotationTypes() {
    return Set.of(Extension.class.getName());
  }

  @Override
  public SourceVersion getSupportedSourceVersion() {
    return SourceVersion.latest();
  }

  @Override
  public boolean process(Set<? extends TypeElement> annotations, RoundEnvironment round) {
    for (Element element : round.getElementsAnnotatedWith(Extension.class)) {
      try {
        ExtensionInfo info = new ExtensionElement(processingEnv, (TypeElement) element).info();
        found.stream()
            .filter(o -> o.point().equals(info.point()) && o.name().equals(info.name()))
            .findFirst()
            .ifPresent(
                other -> {
                  throw new IllegalArgumentException(
                      other.type() + " is " + info.pointName() + " " + info.name() + " too");
                });
        found.add(info);
      } catch (IllegalArgumentException e) {
        processingEnv
            .getMessager()
            .printMessage(Diagnostic.Kind.ERROR, String.valueOf(e.getMessage()), element);
      }
    }
    if (round.processingOver() && !round.errorRaised() && !found.isEmpty()) {
      write();
    }
    return false;
  }

  private void write() {
    // The order of files on a disk must not show in what is built.
    found.sort(Comparator.comparing(ExtensionInfo::point).thenComparing(ExtensionInfo::name));
    write(ExtensionIndex.PATH, ExtensionIndex.text(found));
    Map<String, Set<String>> byPoint = new TreeMap<>();
    found.forEach(i -> byPoint.computeIfAbsent(i.point(), p -> new TreeSet<>()).add(i.type()));
    byPoint.forEach(
        (point, types) -> write("META-INF/services/" + point, String.join("\n", types) + "\n"));
  }

  private void write(String path, String text) {
    try (Writer out =
        processingEnv
            .getFiler()
            .createResource(StandardLocation.CLASS_OUTPUT, "", path)
            .openWriter()) {
      out.write(text);
    } catch (IOException e) {
      processingEnv
          .getMessager()
          .printMessage(Diagnostic.Kind.ERROR, path + " cannot be written: " + e);
    }
  }
}
