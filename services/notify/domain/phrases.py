"""The words of a message in both languages: one phrase for every fact, step, clock and kind of notice."""

from typing import Final, Literal, NamedTuple

Language = Literal["zh", "en"]


class Phrase(NamedTuple):
    """What a person reads."""

    zh: str
    en: str


FACTS: Final[dict[str, Phrase]] = {
    "opened": Phrase("新派案件", "A new case"),
    "signed_in": Phrase("已签收", "Signed in"),
    "returned": Phrase("申请退单", "A return is asked for"),
    "decision_superseded": Phrase("派单已被替代", "A decision came too late to matter"),
    "dispatched": Phrase("改派", "Sent to another department"),
    "step_taken": Phrase("时限提示", "A limit"),
    "whistle_blown": Phrase("街道吹哨,请按时报到", "The street's whistle: report in"),
    "reported_in": Phrase("部门已报到", "A department reported in"),
    "part_delivered": Phrase("协办部分已完成", "A cooperating part is done"),
    "handled": Phrase("已处置,待核查", "Handled; to be verified"),
    "verified": Phrase("核查通过", "Verified"),
    "rework_ordered": Phrase("核查未通过,退回重办", "Not accepted; to be done again"),
    "closed": Phrase("已结案", "Closed"),
    "followed_up": Phrase("群众补充了情况", "The resident added something"),
    "supervision_ordered": Phrase("区级督办", "Supervision by the district"),
    "noted": Phrase("催办提醒", "An urge"),
    "whistle_proposed": Phrase("申请吹哨,待街道负责人批准", "A whistle is proposed; the street's leader decides"),
    "proposal_decided": Phrase("提请事项已有决定", "A proposal was decided"),
    "call_refused": Phrase("部门说明不到场", "A called department will not come"),
    "joint_result": Phrase("联合处置已有结果", "The joint work has its result"),
    "department_evaluated": Phrase("街道已评价部门", "A department was evaluated"),
    "whistle_found_wrong": Phrase("此哨认定为误吹", "The whistle was found wrong"),
    "stepped_up": Phrase("上报上一级", "Passed one step up"),
    "branch_assigned": Phrase("已交派驻机构办理", "Given to the branch office"),
    "rejected": Phrase("不予受理", "Not accepted"),
    "handed_over": Phrase("已移交应急部门", "Handed over to an emergency service"),
    "resolved_on_spot": Phrase("现场已解决,待社区核查", "Resolved on the spot; the community takes a look"),
    "consultation_opened": Phrase("进入会商", "Under consultation"),
    "extension_asked": Phrase("申请延期,待审核", "An extension is asked for"),
    "suspension_asked": Phrase("申请挂账,待审核", "A suspension is asked for"),
    "termination_asked": Phrase("申请终止办理,待审核", "A termination is asked for"),
    "request_withdrawn": Phrase("申请已撤回", "A request was withdrawn"),
    "request_reviewed": Phrase("申请已审核", "A request was reviewed"),
    "extended": Phrase("已批准延期", "Extended"),
    "suspended": Phrase("已挂账,暂停计时", "Suspended; the clocks stand still"),
    "resumed": Phrase("恢复办理,继续计时", "Resumed; the clocks run on"),
    "explained": Phrase("已向群众解释", "Explained to the reporter"),
    "terminated": Phrase("终止办理", "Ended without a result"),
    "reopened": Phrase("重新办理", "Reopened"),
    "follow_up_called": Phrase("已回访", "The reporter was called"),
    "archived": Phrase("已归档", "Archived"),
    "corrected": Phrase("分类或地点已更正", "Category or place was corrected"),
    "merged": Phrase("已并入另一案件", "Merged into another case"),
    "report_joined": Phrase("又有一件上报并入本案", "Another report joined"),
    "unmerged": Phrase("取消并案,恢复办理", "Taken apart again; it goes on"),
    "report_parted": Phrase("一件上报已移出本案", "A report was taken out"),
    "closed_together": Phrase("随并入案件一同结束", "Ended with the case it was merged into"),
    "moved": Phrase("新规则生效,时限已重新计算", "A new version came into force; deadlines were computed again"),
    "stage_reached": Phrase("阶段时限已完成", "A stage is done"),
    "exclusion_asked": Phrase("申请剔除,待审核", "An exclusion is asked for"),
    "exclusion_reviewed": Phrase("剔除申请已审核", "An exclusion was reviewed"),
}
"""By the tag of the fact."""
STEPS: Final[dict[str, Phrase]] = {
    "reminder": Phrase("时限将到", "the limit is near"),
    "limit": Phrase("已到时限", "the limit has passed"),
    "letter": Phrase("超期,催办函", "overdue, letter to the leader"),
    "supervision": Phrase("超期,区级督办", "overdue, supervision by the district"),
    "bulletin_proposal": Phrase("拟通报,待确认", "a bulletin is proposed"),
    "interview_proposal": Phrase("拟约谈,待确认", "an interview is proposed"),
    "express": Phrase("提请书记直通车", "put to the secretary"),
    "urge": Phrase("已到时限,请办理", "the limit has passed, please act"),
    "no_show": Phrase("未按时到场", "did not report in"),
    "resume": Phrase("到期恢复", "its date has come"),
    "step_up": Phrase("当日未解决,上报上一级", "not resolved by the day's end, one step up"),
}
CLOCKS: Final[dict[str, Phrase]] = {
    "promise": Phrase("对群众的承诺", "Promise to the resident"),
    "sign_in": Phrase("签收", "Signing in"),
    "handling": Phrase("办理", "Handling"),
    "report_in": Phrase("报到", "Reporting in"),
    "verification": Phrase("核查", "Verification"),
    "follow_up": Phrase("回访", "Follow-up"),
    "review": Phrase("审核", "Review"),
    "resume": Phrase("挂账", "Suspension"),
    "tier": Phrase("本级办理", "Handling at this tier"),
    "stage": Phrase("阶段", "Stage"),
    "dispatch": Phrase("派遣", "Dispatch"),
    "result": Phrase("联合处置", "Joint handling"),
}
NOTICES: Final[dict[str, Phrase]] = {
    "mode_switched": Phrase("平急状态切换", "The operating mode was switched"),
    "digest": Phrase("每日汇总", "The day's digest"),
    "bulletin": Phrase("通报", "A bulletin"),
    "published": Phrase("新规则已发布", "New rules are published"),
    "clock_stopped": Phrase("计时停止,请核实时钟", "The clock stopped; check it"),
    "major_matter": Phrase("重大事项,请即处理", "A major matter"),
    "interview": Phrase("约谈通知", "An interview"),
    "burst": Phrase("同一地点同类问题集中上报", "Many similar reports of one place"),
    "task_refused": Phrase("下派任务未经准入,已退回", "Work pushed down was refused"),
}
ANSWERS: Final[dict[str, Phrase]] = {
    "accepted": Phrase("您的上报已受理", "Your report is accepted"),
    "known": Phrase("您反映的事项此前已受理,等待办理", "You have reported this before; it waits to be worked on"),
    "progress": Phrase("您的上报正在办理", "Your report is being worked on"),
    "delayed": Phrase("您的上报需要更长时间,仍在办理", "Your report takes longer; it is still worked on"),
    "done": Phrase("您的上报已办结,请查看答复并评价", "Your report is done; read the answer and rate it"),
    "not_accepted": Phrase("您的上报不予受理,请查看说明", "Your report is not accepted; read why"),
    "handed_over": Phrase("您的上报已移交应急部门", "Your report went to an emergency service"),
    "ended": Phrase("您的上报终止办理,已向您说明", "Your report ended without a result, as explained"),
}
"""What whoever reported is told."""
CARDS: Final[dict[str, Phrase]] = {
    "blue": Phrase("蓝牌", "blue card"),
    "yellow": Phrase("黄牌", "yellow card"),
    "red": Phrase("红牌", "red card"),
}
WHISTLES: Final[dict[str, Phrase]] = {
    "emergency": Phrase("应急处置哨", "emergency"),
    "enforcement": Phrase("综合执法哨", "enforcement"),
    "key_work": Phrase("重点工作哨", "key work"),
    "public_demand": Phrase("群众诉求哨", "public demand"),
}
FIGURES: Final[dict[str, Phrase]] = {
    "new": Phrase("新增", "new"),
    "open": Phrase("在办", "open"),
    "due_today": Phrase("今日到期", "due today"),
    "overdue": Phrase("超期", "overdue"),
    "version": Phrase("版本", "version"),
    "mode": Phrase("状态", "mode"),
    "active_from": Phrase("生效时间", "active from"),
}
"""What notices often count."""
LABELS: Final[dict[str, Phrase]] = {
    "case": Phrase("案件", "Case"),
    "item": Phrase("事项", "Item"),
    "place": Phrase("街道", "Subdistrict"),
    "lead": Phrase("主办", "Lead"),
    "cooperating": Phrase("协办", "Cooperating"),
    "late_unit": Phrase("超期单位", "Late"),
    "unit": Phrase("单位", "Unit"),
    "whistle": Phrase("哨", "Whistle"),
    "report_in_by": Phrase("报到时限", "Report in by"),
    "supervision": Phrase("督办单", "Supervision order"),
    "reply_by": Phrase("回复时限", "reply by"),
    "until": Phrase("期限", "Until"),
    "emergency": Phrase("紧急", "Emergency"),
    "late": Phrase("迟到", "late"),
    "granted": Phrase("同意", "granted"),
    "declined": Phrase("不同意", "declined"),
    "problem_ticket": Phrase("列为问题工单", "a problem ticket"),
    "sensitive": Phrase("敏感事项,请到系统内查看", "A sensitive matter; look at it in the system"),
    "your_number": Phrase("受理编号", "Your number"),
    "look_up": Phrase("凭查询码,或编号和手机尾号查询进度", "Look it up by code, or by number and phone tail"),
    "test": Phrase("测试消息,收到即表示订阅可用", "A test message: the subscription works"),
    "system": Phrase("【吹哨报到】", "Whistle: "),
}
