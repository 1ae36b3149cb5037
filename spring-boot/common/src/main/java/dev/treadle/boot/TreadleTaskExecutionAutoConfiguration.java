package dev.treadle.boot;

import dev.treadle.Workers;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.core.task.TaskDecorator;
import org.springframework.core.task.support.CompositeTaskDecorator;
import org.springframework.core.task.support.TaskExecutorAdapter;

import java.util.List;
import java.util.concurrent.Executor;

/**
 * The application's task executor on the workers, where {@code treadle.task-execution=true} asks
 * for it. Its tasks pass no gate: the number of requests inside bounds those that make them.
 *
 * @since 0.2.0
 */
@AutoConfiguration(
        after = TreadleAutoConfiguration.class,
        before = TaskExecutionAutoConfiguration.class)
@ConditionalOnBean(Workers.class)
@ConditionalOnProperty(name = "treadle.task-execution", havingValue = "true")
public class TreadleTaskExecutionAutoConfiguration {
    /** Made by Spring Boot. */
    public TreadleTaskExecutionAutoConfiguration() {}

    /** In the place of Boot's bean of that name, and with the decorators that one would have. */
    @Bean(
            name = {
                TaskExecutionAutoConfiguration.APPLICATION_TASK_EXECUTOR_BEAN_NAME,
                "taskExecutor"
            })
    @ConditionalOnMissingBean(Executor.class)
    TaskExecutorAdapter applicationTaskExecutor(
            Workers workers, ObjectProvider<TaskDecorator> decorators) {
        TaskExecutorAdapter executor = new TaskExecutorAdapter(workers.executor());
        List<TaskDecorator> all = decorators.orderedStream().toList();
        if (!all.isEmpty()) {
            executor.setTaskDecorator(new CompositeTaskDecorator(all));
        }
        return executor;
    }
}
