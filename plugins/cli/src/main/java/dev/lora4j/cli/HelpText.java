package dev.lora4j.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.IHelpSectionRenderer;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/** Layout of {@code --help}: examples before the options, and these in sections. */
final class HelpText {
  private static final String EXAMPLES = "examples";

  private HelpText() {}

  /** Makes a program and its commands print it. */
  static void install(CommandLine program) {
    Map<String, IHelpSectionRenderer> sections = new LinkedHashMap<>(program.getHelpSectionMap());
    sections.put(EXAMPLES, HelpText::examples);
    sections.put(UsageMessageSpec.SECTION_KEY_OPTION_LIST_HEADING, help -> "");
    sections.put(UsageMessageSpec.SECTION_KEY_OPTION_LIST, HelpText::options);
    program.setHelpSectionMap(sections);
    List<String> keys = new ArrayList<>(program.getHelpSectionKeys());
    keys.add(keys.indexOf(UsageMessageSpec.SECTION_KEY_PARAMETER_LIST_HEADING), EXAMPLES);
    program.setHelpSectionKeys(keys);
  }

  private static String examples(Help help) {
    List<String> lines = Examples.of(help.commandSpec().qualifiedName());
    if (lines.isEmpty()) {
      return "";
    }
    StringBuilder text = new StringBuilder(System.lineSeparator());
    text.append(lines.size() == 1 ? "Example:" : "Examples:").append(System.lineSeparator());
    lines.forEach(line -> text.append("  ").append(line).append(System.lineSeparator()));
    return text.toString();
  }

  private static String options(Help help) {
    StringBuilder text = new StringBuilder();
    Map<String, List<OptionSpec>> sections = OptionSections.of(help.commandSpec());
    sections.forEach(
        (heading, options) -> {
          text.append(System.lineSeparator());
          text.append(heading).append(':').append(System.lineSeparator());
          text.append(
              help.optionListExcludingGroups(
                  options, help.createDefaultLayout(), null, help.parameterLabelRenderer()));
        });
    return text.toString();
  }
}
