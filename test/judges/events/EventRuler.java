import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import software.amazon.event.ruler.JsonRuleCompiler;
import software.amazon.event.ruler.Machine;
import software.amazon.event.ruler.MachineComplexityEvaluator;
import software.amazon.event.ruler.RuleCompiler;

/**
 * Asks event-ruler which events match which patterns.
 *
 * Each line of the file is a question: {"patterns": [JSON text…], "events": [JSON text…]}. For each it prints an answer in a line:
 * {"rulings": [of each pattern {"invalid", "invalidWithoutOr", "complexity", "matches": [index of event…], "stepwise": [likewise]}],
 * "together": [of each event [index of pattern…]]}. "stepwise" is what its older algorithm matches; "together" has all valid patterns as rules
 * of one machine.
 */
public class EventRuler {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MAX_COMPLEXITY = 1_000;

    public static void main(String[] arguments) throws Exception {
        try (Stream<String> questions = Files.lines(Path.of(arguments[0]))) {
            questions.parallel().map(EventRuler::answer).forEachOrdered(System.out::println);
        }
    }

    private static ObjectNode answer(String question) {
        try {
            JsonNode asked = JSON.readTree(question);
            return answer(texts(asked.get("patterns")), texts(asked.get("events")));
        } catch (Exception failure) {
            throw new IllegalStateException(failure);
        }
    }

    private static ObjectNode answer(List<String> patterns, List<String> events) throws Exception {
        ObjectNode answer = JSON.createObjectNode();
        ArrayNode rulings = answer.putArray("rulings");
        Machine together = machine(true);
        for (int index = 0; index < patterns.size(); index++) {
            String pattern = patterns.get(index);
            ObjectNode ruling = rulings.addObject();
            ruling.put("invalidWithoutOr", RuleCompiler.check(pattern, false));
            String invalid = JsonRuleCompiler.check(pattern, false);
            if (invalid == null) {
                try {
                    rule(ruling, pattern, events);
                    together.addRule(String.valueOf(index), pattern);
                } catch (RuntimeException failure) {
                    // Its check lets through what its machine then cannot hold.
                    invalid = failure.toString();
                }
            }
            ruling.put("invalid", invalid);
        }
        ArrayNode byEvent = answer.putArray("together");
        for (String event : events) {
            ArrayNode matched = byEvent.addArray();
            together.rulesForJSONEvent(event).stream().map(Integer::valueOf).sorted().forEach(matched::add);
        }
        return answer;
    }

    private static void rule(ObjectNode ruling, String pattern, List<String> events) throws Exception {
        Machine structured = machine(true);
        Machine stepwise = machine(false);
        structured.addRule("rule", pattern);
        stepwise.addRule("rule", pattern);
        ruling.put("complexity", structured.evaluateComplexity(new MachineComplexityEvaluator(MAX_COMPLEXITY)));
        ruling.set("matches", matches(structured, events));
        ruling.set("stepwise", matches(stepwise, events));
    }

    private static ArrayNode matches(Machine machine, List<String> events) throws Exception {
        ArrayNode matches = JSON.createArrayNode();
        for (int index = 0; index < events.size(); index++) {
            if (!machine.rulesForJSONEvent(events.get(index)).isEmpty()) matches.add(index);
        }
        return matches;
    }

    private static Machine machine(boolean structured) {
        return Machine.builder().withOverridesForDuplicateRules(false).withStructuredMatching(structured).build();
    }

    private static List<String> texts(JsonNode list) {
        List<String> texts = new ArrayList<>();
        list.forEach(text -> texts.add(text.asText()));
        return texts;
    }
}
