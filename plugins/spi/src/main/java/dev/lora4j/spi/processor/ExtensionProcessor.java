package dev.lora4j.spi.processor;

import dev.lora4j.spi.Extension;
import dev.lora4j.spi.ExtensionException;
import dev.lora4j.spi.ExtensionIndex;
import dev.lora4j.spi.ExtensionInfo;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import javax.annotation.processing.AbstractProcessor;
import javax.annotation.processing.Messager;
import javax.annotation.processing.RoundEnvironment;
import javax.lang.model.SourceVersion;
import javax.lang.model.element.Element;
import javax.lang.model.element.TypeElement;
import javax.lang.model.util.ElementFilter;
import javax.tools.Diagnostic;
import javax.tools.FileObject;
import javax.tools.StandardLocation;

/**
 * Writes the {@link ExtensionIndex} of the compiled extensions, and their {@code
 * META-INF/services}. An extension that could not be made is an error of compilation.
 *
 * <p>Where only some classes are compiled, as IDEs do, the others' lines of the index that is there
 * stay, as long as their class files do.
 */
public final class ExtensionProcessor extends AbstractProcessor {
  private final List<ExtensionInfo> found = new ArrayList<>();
  private final Set<String> compiled = new TreeSet<>();

  /** Creates the processor for the compiler. */
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
    for (TypeElement root : ElementFilter.typesIn(round.getRootElements())) {
      compiled.add(root.getQualifiedName().toString());
    }
    for (Element element : round.getElementsAnnotatedWith(Extension.class)) {
      try {
        add(new ExtensionElement(processingEnv, (TypeElement) element).info(), "");
      } catch (IllegalArgumentException e) {
        error(String.valueOf(e.getMessage()), element);
      }
    }
    if (round.processingOver() && !round.errorRaised() && !found.isEmpty()) {
      write();
    }
    return false;
  }

  private void add(ExtensionInfo info, String more) {
    for (ExtensionInfo other : found) {
      if (other.point().equals(info.point()) && other.name().equals(info.name())) {
        throw new IllegalArgumentException(
            other.type() + " is " + info.pointName() + " " + info.name() + " too" + more);
      }
    }
    found.add(info);
  }

  private void write() {
    Map<String, Set<String>> byPoint = new TreeMap<>();
    for (ExtensionInfo before : written()) {
      // A point that has lost its last extension gets an empty list.
      byPoint.put(before.point(), new TreeSet<>());
      if (!isCompiled(before.type()) && isThere(before.type())) {
        try {
          add(before, ", as " + before.type() + " is; if that is gone, delete its class file");
        } catch (IllegalArgumentException e) {
          error(String.valueOf(e.getMessage()));
          return;
        }
      }
    }
    // The order of files on a disk must not show in what is built.
    found.sort(Comparator.comparing(ExtensionInfo::point).thenComparing(ExtensionInfo::name));
    write(ExtensionIndex.PATH, ExtensionIndex.text(found));
    found.forEach(i -> byPoint.computeIfAbsent(i.point(), p -> new TreeSet<>()).add(i.type()));
    byPoint.forEach(
        (point, types) ->
            write(
                "META-INF/services/" + point,
                types.stream().map(t -> t + "\n").collect(Collectors.joining())));
  }

  /** The existing index; empty if there is none that can be read. */
  private List<ExtensionInfo> written() {
    try (InputStream in = output(ExtensionIndex.PATH).openInputStream()) {
      return ExtensionIndex.read(in);
    } catch (IOException | ExtensionException e) {
      return List.of();
    }
  }

  private boolean isCompiled(String type) {
    return compiled.stream().anyMatch(root -> type.equals(root) || type.startsWith(root + "$"));
  }

  private boolean isThere(String type) {
    try (InputStream in = output(type.replace('.', '/') + ".class").openInputStream()) {
      return in.read() >= 0;
    } catch (IOException e) {
      return false;
    }
  }

  private FileObject output(String path) throws IOException {
    return processingEnv.getFiler().getResource(StandardLocation.CLASS_OUTPUT, "", path);
  }

  private void write(String path, String text) {
    // A writer's encoding would be that of the sources.
    try (OutputStream out =
        processingEnv
            .getFiler()
            .createResource(StandardLocation.CLASS_OUTPUT, "", path)
            .openOutputStream()) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      error(path + " cannot be written: " + e);
    }
  }

  private void error(String message, Element... where) {
    Messager messager = processingEnv.getMessager();
    if (where.length == 0) {
      messager.printMessage(Diagnostic.Kind.ERROR, message);
    } else {
      messager.printMessage(Diagnostic.Kind.ERROR, message, where[0]);
    }
  }
}
