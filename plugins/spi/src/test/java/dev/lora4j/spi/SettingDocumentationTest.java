package dev.lora4j.spi;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class SettingDocumentationTest {
  private static final Pattern NAME = Pattern.compile("`(\\w+)`");

  /** The table of docs/plugins.md under "These are the attributes of `@Setting`". */
  private static Set<String> documented() throws IOException {
    Set<String> names = new TreeSet<>();
    Files.readAllLines(Path.of("../../docs/plugins.md")).stream()
        .dropWhile(line -> !line.equals("| attribute | what it says |"))
        .skip(2)
        .takeWhile(line -> line.startsWith("|"))
        .map(line -> line.split("\\|", -1)[1])
        .forEach(
            cell -> {
              Matcher name = NAME.matcher(cell);
              while (name.find()) {
                names.add(name.group(1));
              }
            });
    return names;
  }

  @Test
  void theDocumentationHasEveryAttributeOfSettings() throws IOException {
    Set<String> attributes =
        Arrays.stream(Setting.class.getDeclaredMethods())
            .map(Method::getName)
            .collect(Collectors.toCollection(TreeSet::new));
    assertEquals(attributes, documented());
  }
}
